using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Server.Rooms;

/// <summary>What a newcomer gets: RESP_OK, a NEW_USER for every member it is told of, their number where it counts, a LOGGED_MSG for every remembered message.</summary>
internal static class Welcome
{
    /// <summary>Encodes it.</summary>
    /// <param name="uid">The uid of the SET_ROOM.</param>
    /// <param name="roster">The members that it is told of, right after the join.</param>
    /// <param name="count">How many members there are; null where it is not told.</param>
    /// <param name="history">What the room remembers.</param>
    /// <param name="maxLoggedBytes">Longest data of a LOGGED_MSG.</param>
    /// <param name="packets">How many packets there are.</param>
    /// <returns>Finished frames; the caller releases them.</returns>
    public static FrameBuffer Encode(
        int uid, IReadOnlyList<RoomMember> roster, int? count, IReadOnlyList<RoomEvent> history, int maxLoggedBytes, out int packets)
    {
        packets = 1 + roster.Count + (count is null ? 0 : 1) + history.Count;
        var frames = FrameBuffer.Rent(Length(roster, history, maxLoggedBytes) + (count is null ? 0 : PacketFrame(0)));
        Append(frames, uid, PacketCommand.RespOk, 0, []);
        for (var i = 0; i < roster.Count; i++)
            Append(frames, PacketHeader.Unasked, PacketCommand.NewUser, roster[i].Id, roster[i].NickUtf8);
        if (count is { } members)
            Append(frames, PacketHeader.Unasked, PacketCommand.MemberCount, members, []);
        if (history.Count == 0)
            return frames;

        var text = new byte[history.Max(e => Math.Min(LoggedText.Length(e), maxLoggedBytes))];
        foreach (var logged in history)
        {
            var length = LoggedText.Write(text.AsSpan(0, Math.Min(LoggedText.Length(logged), maxLoggedBytes)), logged);
            Append(frames, PacketHeader.Unasked, PacketCommand.LoggedMsg, 0, text.AsSpan(0, length));
        }

        return frames;
    }

    private static int Length(IReadOnlyList<RoomMember> roster, IReadOnlyList<RoomEvent> history, int maxLoggedBytes)
    {
        var length = PacketFrame(0);
        // More than one array can hold is possible with the largest nicks and history that may be configured: such a join fails, and nothing is written behind an end.
        for (var i = 0; i < roster.Count; i++)
            length = checked(length + PacketFrame(roster[i].NickUtf8.Length));
        for (var i = 0; i < history.Count; i++)
            length = checked(length + PacketFrame(Math.Min(LoggedText.Length(history[i]), maxLoggedBytes)));
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
