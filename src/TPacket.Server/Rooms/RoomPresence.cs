using TPacket.Protocol;
using TPacket.Server.Sessions;
using TPacket.WebSockets;

namespace TPacket.Server.Rooms;

/// <summary>
/// The presence that a room has not sent yet. In a large room joins and leaves wait, so that many go out in one write; and members who count receive those of members who have
/// said something, and how many members there are. Guarded by the delivery's lock.
/// </summary>
internal sealed class RoomPresence(RoomReplica replica, RoomMembers members, TPacketServerOptions options)
{
    // An audience is any of the two.
    private const int Counting = 1;
    private const int Following = 2;
    private const int Audiences = 4;

    // Half of what the protocol allows: events whose command a member does not accept are counted apart (RoomBroadcast).
    private const int SkippedBeforePosition = 250;

    // The members that those who count have not received; only in a large room.
    private Dictionary<int, RoomMember>? _unannounced;

    // One for each audience.
    private PresenceRun?[]? _runs;
    private int _skipped;

    /// <summary>Whether joins and leaves wait.</summary>
    public bool IsLarge => replica.MemberCount > options.LargeRoomMembers;

    /// <summary>Whether something waits.</summary>
    public bool IsPending => _runs is { } runs && Array.Exists(runs, static run => run is { IsEmpty: false });

    // A run has to fit into the queue of a member that is slow, beside what is there.
    private int MaxRun => Math.Max(1, options.OutboundQueuePackets / 4);

    /// <summary>Whether members who count have received a user.</summary>
    public bool IsAnnounced(int id) => _unannounced?.ContainsKey(id) != true;

    /// <summary>Begins anew with the roster as it is: nobody is here yet.</summary>
    public void Begin()
    {
        Drop();
        _unannounced = null;
        if (!IsLarge)
            return;
        foreach (var member in replica.Members)
            Hide(member);
    }

    /// <summary>A user is no member any more.</summary>
    public void Forget(int id) => _unannounced?.Remove(id);

    /// <summary>Members who count do not receive a user, or its new nick.</summary>
    public void Hide(RoomMember member) => (_unannounced ??= [])[member.Id] = member;

    /// <summary>Members who count are about to receive a user.</summary>
    public void Announce(int id) => _unannounced?.Remove(id);

    /// <summary>Members who count are about to receive everybody.</summary>
    public IEnumerable<RoomMember> AnnounceAll()
    {
        var all = _unannounced?.Values;
        _unannounced = null;
        return all ?? Enumerable.Empty<RoomMember>();
    }

    /// <summary>Has an event wait for more of them.</summary>
    /// <param name="roomEvent">A join, a leave or a change of nick.</param>
    /// <param name="forCounting">Whether members who count receive it too.</param>
    /// <returns>False when what waits has to be sent first.</returns>
    public bool TryDefer(in RoomEvent roomEvent, bool forCounting)
    {
        var packets = EventPackets.Of(roomEvent, 0);
        var bareBytes = FrameBuffer.FrameLength(packets.First.Length) + (packets.Count == 2 ? FrameBuffer.FrameLength(packets.Second.Length) : 0);
        var eventBytes = FrameBuffer.FrameLength(EventHead.Size + packets.Length);
        for (var audience = 0; audience < Audiences; audience++)
        {
            if (!Reaches(audience, forCounting))
                continue;
            var fits = (audience & Following) != 0 ? RunOf(audience).HasRoomFor(1, eventBytes) : RunOf(audience).HasRoomFor(packets.Count, bareBytes);
            if (!fits)
                return false;
        }

        for (var audience = 0; audience < Audiences; audience++)
        {
            if (!Reaches(audience, forCounting))
                continue;
            var run = RunOf(audience);
            if ((audience & Following) != 0)
                AddEvent(run, roomEvent, packets, eventBytes);
            else
                AddBare(run, roomEvent.Offset, packets, bareBytes);
        }

        if (!forCounting && members.FollowerCount > 0)
            Skip(roomEvent);
        return true;
    }

    /// <summary>Has the NEW_USER of a member that those who count have not received wait.</summary>
    /// <returns>False when what waits has to be sent first.</returns>
    public bool TryIntroduce(long offset, RoomMember member)
    {
        var packet = EventPackets.NewUser(member);
        var bytes = FrameBuffer.FrameLength(packet.Length);
        var (bare, followed) = (RunOf(Counting), members.FollowerCount > 0 ? RunOf(Counting | Following) : null);
        if (!bare.HasRoomFor(1, bytes) || followed?.HasRoomFor(1, bytes) == false)
            return false;
        AddPacket(bare, offset, packet, bytes);
        if (followed is not null)
            AddPacket(followed, offset, packet, bytes);
        return true;
    }

    /// <summary>Sends a member the packets that wait for it.</summary>
    /// <returns>How many packets it was sent.</returns>
    public int SendTo(Session member) => _runs?[(member.CountsPresence ? Counting : 0) | (member.FollowsLog ? Following : 0)]?.SendTo(member) ?? 0;

    /// <summary>Nothing waits any more.</summary>
    public void Drop()
    {
        foreach (var run in _runs ?? [])
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

    private bool Reaches(int audience, bool forCounting) =>
        ((audience & Counting) == 0 || forCounting) && ((audience & Following) == 0 || members.FollowerCount > 0);

    private PresenceRun RunOf(int audience) => (_runs ??= new PresenceRun?[Audiences])[audience] ??= new PresenceRun(MaxRun);

    /// <summary>Followers who count do not receive an event. Once in a while they receive the position alone.</summary>
    private void Skip(in RoomEvent roomEvent)
    {
        var run = RunOf(Counting | Following);
        var bytes = FrameBuffer.FrameLength(EventHead.Size);
        if (++_skipped < SkippedBeforePosition || !run.HasRoomFor(1, bytes))
            return;
        _skipped = 0;
        AddEvent(run, roomEvent, default, bytes);
    }
}
