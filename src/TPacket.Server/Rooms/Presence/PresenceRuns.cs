using TPacket.Protocol;
using TPacket.Server.Rooms.Delivery;
using TPacket.Server.Rooms.Packets;
using TPacket.Server.Sessions;
using TPacket.WebSockets.Framing;

namespace TPacket.Server.Rooms.Presence;

/// <summary>The pending presence of a large room: a run of encoded frames for each audience. Guarded by the delivery's lock.</summary>
/// <param name="members">The room's members on this server.</param>
/// <param name="maxPackets">The largest number of packets of a run.</param>
internal sealed class PresenceRuns(RoomMembers members, int maxPackets)
{
    private readonly PresenceRun?[] _runs = new PresenceRun?[RoomMembers.Audiences];
    private int _skipped;

    public bool IsEmpty => Array.TrueForAll(_runs, static run => run is null or { IsEmpty: true });

    /// <summary>Adds an event.</summary>
    /// <param name="roomEvent">An event that changes the roster.</param>
    /// <param name="forCounting">Whether counting members receive it.</param>
    /// <returns>False if the runs are full and have to be sent first.</returns>
    public bool TryAdd(in RoomEvent roomEvent, bool forCounting)
    {
        // Presence has no text that could be cut.
        var packets = EventPackets.Of(roomEvent, maxLoggedBytes: 0);
        var isForAware = roomEvent.Kind is RoomEventKind.Away or RoomEventKind.Returned;
        var movesCounting = !forCounting && _skipped + 1 >= EventHead.SkippedBeforePosition;
        for (PresenceAudience audience = 0; (int)audience < RoomMembers.Audiences; audience++)
        {
            if (members.CountOf(audience) > 0 && !HasRoomFor(audience, ShareOf(audience, forCounting, isForAware, movesCounting), packets))
                return false;
        }

        for (PresenceAudience audience = 0; (int)audience < RoomMembers.Audiences; audience++)
        {
            if (members.CountOf(audience) > 0)
                Add(audience, ShareOf(audience, forCounting, isForAware, movesCounting), roomEvent, packets);
        }

        if (!forCounting)
            _skipped = movesCounting ? 0 : _skipped + 1;
        return true;
    }

    /// <summary>Adds the NEW_USER of a member for counting members.</summary>
    /// <returns>False if the runs are full and have to be sent first.</returns>
    public bool TryIntroduce(long offset, RoomMember member)
    {
        var user = EventPackets.NewUser(member);
        var presence = EventPackets.Presence(member.Id, member.IsAway);
        var (userBytes, presenceBytes) = (FrameBuffer.FrameLength(user.Length), FrameBuffer.FrameLength(presence.Length));
        for (var audience = PresenceAudience.Counting; (int)audience < RoomMembers.Audiences; audience++)
        {
            if (IsIntroduced(audience) && !RunOf(audience).HasRoomFor(2, userBytes + presenceBytes))
                return false;
        }

        for (var audience = PresenceAudience.Counting; (int)audience < RoomMembers.Audiences; audience++)
        {
            if (!IsIntroduced(audience))
                continue;
            AddPacket(RunOf(audience), offset, user, userBytes + presenceBytes);
            if (member.IsAway && audience.HasFlag(PresenceAudience.Aware))
                AddPacket(RunOf(audience), offset, presence, presenceBytes);
        }

        return true;
    }

    /// <summary>Sends a member the run of its audience.</summary>
    /// <returns>The number of enqueued packets.</returns>
    public int SendTo(Session member) => _runs[(int)member.Membership.Audience]?.SendTo(member) ?? 0;

    public void Clear()
    {
        foreach (var run in _runs)
            run?.Clear();
    }

    private static void AddEvent(PresenceRun run, in RoomEvent roomEvent, EventPackets packets, int frameBytes)
    {
        Span<byte> head = stackalloc byte[EventHead.Size];
        EventHead.Write(head, roomEvent, packets.Length);
        var body = new byte[packets.Length];
        packets.Write(body);
        run.Begin(frameBytes);
        run.Add(roomEvent.Offset, head, body);
    }

    private static void AddBare(PresenceRun run, long offset, EventPackets packets, int frameBytes)
    {
        AddPacket(run, offset, packets.First, frameBytes);
        if (packets.Count == 2)
            AddPacket(run, offset, packets.Second, frameBytes);
    }

    private static void AddPacket(PresenceRun run, long offset, OutboundPacket packet, int frameBytes)
    {
        Span<byte> header = stackalloc byte[PacketHeader.Size];
        packet.WriteHeader(header);
        run.Begin(frameBytes);
        run.Add(offset, header, packet.Data);
    }

    /// <summary>Returns the part of an event that an audience receives.</summary>
    private static Share ShareOf(PresenceAudience audience, bool forCounting, bool isForAware, bool movesCounting)
    {
        var isFollowing = audience.HasFlag(PresenceAudience.Following);
        if (!forCounting && audience.HasFlag(PresenceAudience.Counting))
            return isFollowing && movesCounting ? Share.Position : Share.Nothing;
        if (isForAware && !audience.HasFlag(PresenceAudience.Aware))
            return isFollowing ? Share.Position : Share.Nothing;
        return Share.Packets;
    }

    private bool HasRoomFor(PresenceAudience audience, Share share, EventPackets packets)
    {
        if (share == Share.Nothing)
            return true;
        if (share == Share.Position)
            return RunOf(audience).HasRoomFor(1, FrameBuffer.FrameLength(EventHead.Size));
        return audience.HasFlag(PresenceAudience.Following)
            ? RunOf(audience).HasRoomFor(1, FrameBuffer.FrameLength(EventHead.Size + packets.Length))
            : RunOf(audience).HasRoomFor(packets.Count, BareLength(packets));
    }

    private void Add(PresenceAudience audience, Share share, in RoomEvent roomEvent, EventPackets packets)
    {
        if (share == Share.Nothing)
            return;
        if (share == Share.Position)
            AddEvent(RunOf(audience), roomEvent, default, FrameBuffer.FrameLength(EventHead.Size));
        else if (audience.HasFlag(PresenceAudience.Following))
            AddEvent(RunOf(audience), roomEvent, packets, FrameBuffer.FrameLength(EventHead.Size + packets.Length));
        else
            AddBare(RunOf(audience), roomEvent.Offset, packets, BareLength(packets));
    }

    private static int BareLength(EventPackets packets) =>
        FrameBuffer.FrameLength(packets.First.Length) + (packets.Count == 2 ? FrameBuffer.FrameLength(packets.Second.Length) : 0);

    private bool IsIntroduced(PresenceAudience audience) => audience.HasFlag(PresenceAudience.Counting) && members.CountOf(audience) > 0;

    private PresenceRun RunOf(PresenceAudience audience) => _runs[(int)audience] ??= new PresenceRun(maxPackets);

    /// <summary>The part of an event that an audience receives.</summary>
    private enum Share
    {
        Nothing,

        /// <summary>The position alone, in an EVENT without packets.</summary>
        Position,

        Packets,
    }
}
