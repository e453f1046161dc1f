using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Server.Rooms;

/// <summary>What a newcomer gets: RESP_OK, a NEW_USER for every member, a LOGGED_MSG for every remembered message.</summary>
internal static class Welcome
{
    /// <summary>Encodes it.</summary>
    /// <param name="uid">The uid of the SET_ROOM.</param>
    /// <param name="snapshot">The room right after the join.</param>
    /// <param name="maxLoggedBytes">Longest data of a LOGGED_MSG.</param>
    /// <param name="packets">How many packets there are.</param>
    /// <returns>Finished frames; the caller releases them.</returns>
    public static FrameBuffer Encode(int uid, RoomSnapshot snapshot, int maxLoggedBytes, out int packets)
    {
        packets = 1 + snapshot.Members.Count + snapshot.History.Count;
        var frames = FrameBuffer.Rent(Length(snapshot, maxLoggedBytes));
        Append(frames, uid, PacketCommand.RespOk, 0, []);
        for (var i = 0; i < snapshot.Members.Count; i++)
            Append(frames, PacketHeader.Unasked, PacketCommand.NewUser, snapshot.Members[i].Id, snapshot.Members[i].NickUtf8);
        if (snapshot.History.Count == 0)
            return frames;

        var text = new byte[snapshot.History.Max(e => Math.Min(LoggedText.Length(e), maxLoggedBytes))];
        foreach (var logged in snapshot.History)
        {
            var length = LoggedText.Write(text.AsSpan(0, Math.Min(LoggedText.Length(logged), maxLoggedBytes)), logged);
            Append(frames, PacketHeader.Unasked, PacketCommand.LoggedMsg, 0, text.AsSpan(0, length));
        }

        return frames;
    }

    private static int Length(RoomSnapshot snapshot, int maxLoggedBytes)
    {
        var length = PacketFrame(0);
        for (var i = 0; i < snapshot.Members.Count; i++)
            length += PacketFrame(snapshot.Members[i].NickUtf8.Length);
        for (var i = 0; i < snapshot.History.Count; i++)
            length += PacketFrame(Math.Min(LoggedText.Length(snapshot.History[i]), maxLoggedBytes));
        return length;
    }

    private static int PacketFrame(int dataLength) => FrameBuffer.FrameLength(PacketHeader.Size + dataLength);

    private static void Append(FrameBuffer frames, int uid, PacketCommand command, int p1, ReadOnlySpan<byte> data)
    {
        Span<byte> header = stackalloc byte[PacketHeader.Size];
        PacketWriter.WriteHeader(header, uid, (int)command, p1, 0, data.Length);
        frames.Append(header, data);
    }
}
