using TPacket.Protocol;
using TPacket.Server.Rooms.Packets;
using TPacket.Server.Rules.Views;
using TPacket.Server.Sessions;
using TPacket.Transports.Loops;

namespace TPacket.Server.Rooms.Delivery;

/// <summary>
/// Encodes an event of a room's log at most twice, as bare packets and as an EVENT for members who follow the log, and enqueues it
/// for all members that accept its command. The class keeps its buffers until the batch is flushed. Guarded by the delivery's lock.
/// </summary>
/// <param name="members">The room's members on this server.</param>
/// <param name="maxLoggedBytes">The longest data of a LOGGED_MSG, in bytes.</param>
/// <param name="gate">The delivery's lock. <see cref="Flush"/> takes it; the callers of all other methods hold it.</param>
internal sealed class RoomBroadcast(RoomMembers members, int maxLoggedBytes, Lock gate) : IFlushable
{
    private readonly SharedFrames _bare = new();
    private readonly SharedFrames _events = new();
    private bool _scheduled;
    private int _delivered;

    /// <summary>Counts packets that another class has enqueued.</summary>
    public void Count(int packets) => _delivered += packets;

    /// <summary>
    /// Returns the number of enqueued packets since the last call.
    /// The caller reports the number after the last packet, because a listener of the metric may throw.
    /// </summary>
    public int TakeCount()
    {
        var delivered = _delivered;
        _delivered = 0;
        return delivered;
    }

    /// <summary>Sends an event to the members.</summary>
    public void Send(in RoomEvent roomEvent)
    {
        if (members.Count == 0)
            return;
        var packets = EventPackets.Of(roomEvent, maxLoggedBytes);
        if (packets.Count == 1)
        {
            SendOne(roomEvent, packets.First);
            return;
        }

        if (packets.Count == 2)
        {
            SendBare(packets.First);
            SendBare(packets.Second);
        }

        SendToFollowers(roomEvent, packets);
    }

    /// <summary>Sends a bare packet to the members who do not follow the log.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="toCounting">Whether counting members receive it.</param>
    /// <param name="toAll">Whether all members receive it, or only members who accept its command.</param>
    public void SendBare(OutboundPacket packet, bool toCounting = true, bool toAll = true)
    {
        if (members.Count == members.FollowerCount)
            return;
        Span<byte> header = stackalloc byte[PacketHeader.Size];
        packet.WriteHeader(header);
        var compressed = default(CompressedFrames);
        try
        {
            var frame = _bare.Append(header, packet.Data);
            foreach (var member in members.All)
            {
                if (!member.Membership.FollowsLog && (toCounting || !member.Membership.CountsPresence) && (toAll || member.Accepts(packet.Command)) && Send(member, frame, ref compressed, header, packet.Data))
                    _delivered++;
            }
        }
        finally
        {
            // Runs even if a listener of a metric throws, or memory is short.
            compressed.Release();
            Schedule();
        }
    }

    /// <summary>Sends the members their views of an event that has changed the state of the room's rules.</summary>
    /// <param name="roomEvent">
    /// The event. If the rules have decided it, followers receive the view within an EVENT. Any other event was sent before, and its view is sent bare.
    /// </param>
    /// <param name="views">The views.</param>
    public void SendViews(in RoomEvent roomEvent, RulesViews views)
    {
        var isEvent = roomEvent.Stream == RoomStream.Rules;
        var shared = new SharedViews(views);
        try
        {
            foreach (var member in members.All)
            {
                var asEvent = isEvent && member.Membership.FollowsLog;
                if (!SendView(member, asEvent, ref shared, views, roomEvent) && asEvent)
                    Skip(member, roomEvent);
            }
        }
        finally
        {
            shared.Release();
            Schedule();
        }
    }

    /// <summary>Sends an event to one member.</summary>
    public void SendTo(Session member, in RoomEvent roomEvent)
    {
        var packets = EventPackets.Of(roomEvent, maxLoggedBytes);
        if (member.Membership.FollowsLog)
        {
            member.Connection.Send(Head(stackalloc byte[EventHead.Size], roomEvent, packets.Length), Body(packets));
            return;
        }

        SendBareTo(member, packets.First);
        if (packets.Count == 2)
            SendBareTo(member, packets.Second);
    }

    /// <inheritdoc/>
    public void Flush()
    {
        lock (gate)
            Release();
    }

    private void SendOne(in RoomEvent roomEvent, OutboundPacket packet)
    {
        var data = packet.Data;
        Span<byte> head = stackalloc byte[EventHead.Size + PacketHeader.Size];
        var header = head[EventHead.Size..];
        packet.WriteHeader(header);
        var (compressedBare, compressedFollowed) = (default(CompressedFrames), default(CompressedFrames));
        try
        {
            var bare = default(SharedFrame);
            if (members.Count > members.FollowerCount)
                bare = _bare.Append(header, data);
            var followed = default(SharedFrame);
            if (members.FollowerCount > 0)
            {
                EventHead.Write(head, roomEvent, packet.Length);
                followed = _events.Append(head, data);
            }

            var isForAll = CommandRange.IsOriginal(packet.Command);
            var delivered = 0;
            foreach (var member in members.All)
            {
                var follows = member.Membership.FollowsLog;
                if (!isForAll && !member.Accepts(packet.Command))
                {
                    if (follows)
                        Skip(member, roomEvent);
                    continue;
                }

                var sent = follows ? Send(member, followed, ref compressedFollowed, head, data) : Send(member, bare, ref compressedBare, header, data);
                delivered += sent ? 1 : 0;
            }

            _delivered += delivered;
        }
        finally
        {
            compressedBare.Release();
            compressedFollowed.Release();
            Schedule();
        }
    }

    private bool SendView(Session member, bool asEvent, ref SharedViews shared, RulesViews views, in RoomEvent roomEvent)
    {
        if (!member.Accepts(views.Command))
            return false;
        var frames = views.TryGetKey(member.Member!, member.Membership.HasView, out var key) ? shared.Find(key, roomEvent) : null;
        // A member that has missed a view receives the whole view next time.
        member.Membership.HasView = frames is { IsShown: true };
        if (frames?.Send(member, asEvent, asEvent ? _events : _bare) != true)
            return false;
        _delivered++;
        return true;
    }

    private void SendToFollowers(in RoomEvent roomEvent, EventPackets packets)
    {
        if (members.FollowerCount == 0)
            return;
        var head = Head(stackalloc byte[EventHead.Size], roomEvent, packets.Length);
        var body = Body(packets);
        var compressed = default(CompressedFrames);
        try
        {
            var frame = _events.Append(head, body);
            foreach (var member in members.All)
            {
                if (member.Membership.FollowsLog && Send(member, frame, ref compressed, head, body))
                    _delivered++;
            }
        }
        finally
        {
            compressed.Release();
            Schedule();
        }
    }

    /// <summary>
    /// Counts an event that a follower does not receive.
    /// After <see cref="EventHead.SkippedBeforePosition"/> such events, the follower receives the position alone.
    /// </summary>
    private static void Skip(Session member, in RoomEvent roomEvent)
    {
        if (++member.Membership.SkippedEvents < EventHead.SkippedBeforePosition)
            return;
        member.Membership.SkippedEvents = 0;
        member.Connection.Send(Head(stackalloc byte[EventHead.Size], roomEvent, 0), []);
    }

    private static bool Send(Session member, SharedFrame frame, ref CompressedFrames compressed, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var connection = member.Connection;
        return connection.SharedCompression is { } shared && compressed.By(shared, head, body) is { } smaller
            ? connection.Send(smaller, 0, smaller.Length, 1)
            : connection.Send(frame.Frames, frame.Start, frame.Length, 1);
    }

    private static void SendBareTo(Session member, OutboundPacket packet)
    {
        Span<byte> header = stackalloc byte[PacketHeader.Size];
        packet.WriteHeader(header);
        member.Connection.Send(header, packet.Data);
    }

    private static Span<byte> Head(Span<byte> destination, in RoomEvent roomEvent, int packetsLength)
    {
        EventHead.Write(destination, roomEvent, packetsLength);
        return destination;
    }

    private static byte[] Body(EventPackets packets)
    {
        var body = new byte[packets.Length];
        packets.Write(body);
        return body;
    }

    private void Schedule()
    {
        if (_scheduled)
            return;
        // Without a batch, the queues have written the frames already.
        _scheduled = FlushBatch.TryAdd(this);
        if (!_scheduled)
            Release();
    }

    private void Release()
    {
        _scheduled = false;
        _bare.Release();
        _events.Release();
    }
}
