using TPacket.Protocol;
using TPacket.Transports.Buffers;
using TPacket.WebSockets;

namespace TPacket.Server.Rooms;

/// <summary>
/// The packets that a user receives when it enters a room: RESP_OK where it asked to enter, one NEW_USER for each listed member, MEMBER_COUNT where it counts, one
/// LOGGED_MSG for each message of the history.
/// </summary>
/// <param name="replica">The room.</param>
/// <param name="presence">Says whom a user that counts is told of; null for one that does not count.</param>
/// <param name="newcomer">The user's id.</param>
/// <param name="maxLoggedBytes">Longest data of a LOGGED_MSG.</param>
internal readonly ref struct Welcome(RoomReplica replica, RoomPresence? presence, int newcomer, int maxLoggedBytes)
{
    /// <summary>Encodes the packets.</summary>
    /// <param name="uid">The uid of the request to enter; null where the host has moved the user.</param>
    /// <param name="packets">How many packets there are.</param>
    /// <returns>Finished frames; the caller releases them.</returns>
    public FrameBuffer Encode(int? uid, out int packets)
    {
        packets = 0;
        var frames = FrameBuffer.Rent(Length());
        if (uid is { } request)
            Append(frames, ref packets, request, PacketCommand.RespOk, 0, []);
        foreach (var member in replica.Members)
        {
            if (Includes(member))
                Append(frames, ref packets, PacketHeader.Unasked, PacketCommand.NewUser, member.Id, member.NickUtf8);
        }

        if (presence?.IsLarge == true)
            Append(frames, ref packets, PacketHeader.Unasked, PacketCommand.MemberCount, replica.MemberCount, []);
        AppendHistory(frames, ref packets);
        return frames;
    }

    private void AppendHistory(FrameBuffer frames, ref int packets)
    {
        var history = replica.History;
        var longest = 0;
        for (var i = 0; i < history.Count; i++)
            longest = Math.Max(longest, LoggedLength(history[i]));
        if (history.Count == 0)
            return;
        var text = BufferPool.Rent(longest);
        for (var i = 0; i < history.Count; i++)
        {
            var logged = history[i];
            var length = LoggedText.Write(text.AsSpan(0, LoggedLength(logged)), logged);
            Append(frames, ref packets, PacketHeader.Unasked, PacketCommand.LoggedMsg, 0, text.AsSpan(0, length));
        }

        BufferPool.Return(text);
    }

    private int Length()
    {
        // RESP_OK and MEMBER_COUNT, whether they are needed or not. The largest nicks and history that may be configured can be more than one array holds: such a join fails.
        var length = 2 * PacketFrame(0);
        foreach (var member in replica.Members)
            length = checked(length + (Includes(member) ? PacketFrame(member.NickUtf8.Length) : 0));
        for (var i = 0; i < replica.History.Count; i++)
            length = checked(length + PacketFrame(LoggedLength(replica.History[i])));
        return length;
    }

    private bool Includes(RoomMember member) => presence is null || member.Id == newcomer || presence.IsAnnounced(member.Id);

    private int LoggedLength(in RoomEvent logged) => Math.Min(LoggedText.Length(logged), maxLoggedBytes);

    private static int PacketFrame(int dataLength) => FrameBuffer.FrameLength(PacketHeader.Size + dataLength);

    private static void Append(FrameBuffer frames, ref int packets, int uid, PacketCommand command, int p1, ReadOnlySpan<byte> data)
    {
        Span<byte> header = stackalloc byte[PacketHeader.Size];
        PacketWriter.WriteHeader(header, uid, (int)command, p1, 0, data.Length);
        frames.Append(header, data);
        packets++;
    }
}
