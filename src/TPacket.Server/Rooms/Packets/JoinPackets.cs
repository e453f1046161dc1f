using System.Text;
using TPacket.Protocol;
using TPacket.Server.Rooms.Delivery;
using TPacket.Server.Rooms.Presence;
using TPacket.Server.Sessions;
using TPacket.Transports.Buffers;
using TPacket.WebSockets.Framing;

namespace TPacket.Server.Rooms.Packets;

/// <summary>
/// Encodes the packets that a joining user receives: the reply to its request; one NEW_USER for each listed member, followed by PRESENCE if the member
/// is away and the user accepts PRESENCE; MEMBER_COUNT if the user counts in a large room; and one LOGGED_MSG for each message of the history.
/// A user that follows the log receives all packets except the reply within a SNAPSHOT, and the history as EVENTs.
/// </summary>
/// <param name="replica">The room.</param>
/// <param name="presence">The users that counting members have not received; null for a user that does not count.</param>
/// <param name="newcomer">The user's connection.</param>
/// <param name="maxLoggedBytes">The longest data of a LOGGED_MSG, in bytes, for a user that does not follow the log. A follower receives each message whole.</param>
internal readonly ref struct JoinPackets(RoomReplica replica, RoomPresence? presence, Session newcomer, int maxLoggedBytes)
{
    /// <summary>Encodes the packets.</summary>
    /// <param name="reply">The reply to the request to enter; null for none.</param>
    /// <param name="packets">The number of packets.</param>
    /// <returns>The frames. The caller releases them.</returns>
    public FrameBuffer Encode(EntryReply? reply, out int packets)
    {
        packets = 0;
        var frames = FrameBuffer.Rent(checked(RosterLength() + HistoryLength(maxLoggedBytes, 0)));
        try
        {
            AppendReply(frames, ref packets, reply);
            AppendRoster(frames, ref packets);
            AppendHistory(frames, ref packets);
            return frames;
        }
        catch
        {
            frames.Release();
            throw;
        }
    }

    /// <summary>Encodes the packets for a user that follows the log.</summary>
    /// <param name="room">The room's name.</param>
    /// <inheritdoc cref="Encode"/>
    /// <param name="reply"/><param name="packets"/>
    public FrameBuffer EncodeSnapshot(EntryReply? reply, string room, out int packets)
    {
        packets = 0;
        var begin = new byte[RoomPosition.Size + Encoding.UTF8.GetByteCount(room)];
        replica.Position.Write(begin);
        Encoding.UTF8.GetBytes(room, begin.AsSpan(RoomPosition.Size));
        var frames = FrameBuffer.Rent(checked(RosterLength() + HistoryLength(int.MaxValue, EventHead.Size) + PacketFrame(begin.Length) + PacketFrame(0)));
        try
        {
            AppendReply(frames, ref packets, reply);
            Append(frames, ref packets, PacketHeader.Unasked, PacketCommand.Snapshot, 1, begin);
            AppendRoster(frames, ref packets);
            AppendEvents(frames, ref packets);
            Append(frames, ref packets, PacketHeader.Unasked, PacketCommand.Snapshot, 0, []);
            return frames;
        }
        catch
        {
            frames.Release();
            throw;
        }
    }

    private static void AppendReply(FrameBuffer frames, ref int packets, EntryReply? reply)
    {
        if (reply is { } sent)
            Append(frames, ref packets, sent.Uid, sent.Command, sent.P1, [], sent.P2);
    }

    private void AppendRoster(FrameBuffer frames, ref int packets)
    {
        foreach (var member in replica.Members)
        {
            if (!Includes(member))
                continue;
            Append(frames, ref packets, PacketHeader.Unasked, PacketCommand.NewUser, member.Id, member.NickUtf8);
            if (IsShownAway(member))
                Append(frames, ref packets, PacketHeader.Unasked, PacketCommand.Presence, member.Id, [], p2: 1);
        }

        if (presence?.IsLarge == true)
            Append(frames, ref packets, PacketHeader.Unasked, PacketCommand.MemberCount, replica.MemberCount, []);
    }

    private void AppendHistory(FrameBuffer frames, ref int packets)
    {
        var history = replica.History;
        var text = BufferPool.Rent(LongestLogged(maxLoggedBytes));
        try
        {
            for (var i = 0; i < history.Count; i++)
            {
                var logged = history[i];
                var length = LoggedText.Write(text.AsSpan(0, LoggedLength(logged, maxLoggedBytes)), logged);
                Append(frames, ref packets, PacketHeader.Unasked, PacketCommand.LoggedMsg, 0, text.AsSpan(0, length));
            }
        }
        finally
        {
            BufferPool.Return(text);
        }
    }

    private void AppendEvents(FrameBuffer frames, ref int packets)
    {
        var history = replica.History;
        Span<byte> head = stackalloc byte[EventHead.Size + PacketHeader.Size];
        var text = BufferPool.Rent(LongestLogged(int.MaxValue));
        try
        {
            for (var i = 0; i < history.Count; i++)
            {
                var logged = history[i];
                var length = LoggedText.Write(text.AsSpan(0, LoggedText.Length(logged)), logged);
                EventHead.Write(head, logged, PacketHeader.Size + length);
                PacketWriter.WriteHeader(
                    head[EventHead.Size..], PacketHeader.Unasked, (int)PacketCommand.LoggedMsg, logged.Member?.Id ?? 0, logged.Member?.NickUtf8.Length ?? 0, length);
                frames.Append(head, text.AsSpan(0, length));
                packets++;
            }
        }
        finally
        {
            BufferPool.Return(text);
        }
    }

    // Throws if the packets exceed the length of one array, which the largest configurable nicks and history can cause.
    private int RosterLength()
    {
        // Includes the reply and MEMBER_COUNT, even if they are not needed.
        var length = 2 * PacketFrame(0);
        foreach (var member in replica.Members)
            length = checked(length + (Includes(member) ? PacketFrame(member.NickUtf8.Length) + (IsShownAway(member) ? PacketFrame(0) : 0) : 0));
        return length;
    }

    private int HistoryLength(int maxLogged, int headLength)
    {
        var length = 0;
        for (var i = 0; i < replica.History.Count; i++)
            length = checked(length + PacketFrame(headLength + LoggedLength(replica.History[i], maxLogged)));
        return length;
    }

    private int LongestLogged(int maxLogged)
    {
        var longest = 0;
        for (var i = 0; i < replica.History.Count; i++)
            longest = Math.Max(longest, LoggedLength(replica.History[i], maxLogged));
        return longest;
    }

    private bool IsShownAway(RoomMember member) => member.IsAway && newcomer.Membership.IsAware;

    private bool Includes(RoomMember member) => presence is null || member.Id == newcomer.Id || presence.IsAnnounced(member.Id);

    private static int LoggedLength(in RoomEvent logged, int maxLogged) => Math.Min(LoggedText.Length(logged), maxLogged);

    private static int PacketFrame(int dataLength) => FrameBuffer.FrameLength(PacketHeader.Size + dataLength);

    private static void Append(FrameBuffer frames, ref int packets, int uid, PacketCommand command, int p1, ReadOnlySpan<byte> data, int p2 = 0)
    {
        Span<byte> header = stackalloc byte[PacketHeader.Size];
        PacketWriter.WriteHeader(header, uid, (int)command, p1, p2, data.Length);
        frames.Append(header, data);
        packets++;
    }
}
