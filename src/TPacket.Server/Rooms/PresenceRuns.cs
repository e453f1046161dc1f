using TPacket.Protocol;
using TPacket.Server.Sessions;
using TPacket.WebSockets;

namespace TPacket.Server.Rooms;

/// <summary>The presence that waits in a large room: a run of finished frames for each audience. Guarded by the delivery's lock.</summary>
/// <param name="members">The room's members on this server.</param>
/// <param name="maxPackets">Most packets of a run.</param>
internal sealed class PresenceRuns(RoomMembers members, int maxPackets)
{
    private const int Audiences = (int)(PresenceAudience.Counting | PresenceAudience.Following) + 1;

    private readonly PresenceRun?[] _runs = new PresenceRun?[Audiences];
    private int _skipped;

    public bool IsEmpty => Array.TrueForAll(_runs, static run => run is null or { IsEmpty: true });

    /// <summary>Adds an event.</summary>
    /// <param name="roomEvent">A join, a leave or a change of nick.</param>
    /// <param name="forCounting">Whether members who count receive it too.</param>
    /// <returns>False when the runs have to be sent first.</returns>
    public bool TryAdd(in RoomEvent roomEvent, bool forCounting)
    {
        // Presence carries no text that could be cut.
        var packets = EventPackets.Of(roomEvent, maxLoggedBytes: 0);
        var bareBytes = FrameBuffer.FrameLength(packets.First.Length) + (packets.Count == 2 ? FrameBuffer.FrameLength(packets.Second.Length) : 0);
        var eventBytes = FrameBuffer.FrameLength(EventHead.Size + packets.Length);
        var skips = !forCounting && members.FollowerCount > 0;
        if (skips && _skipped + 1 >= EventHead.SkippedBeforePosition && !RunOf(PresenceAudience.Counting | PresenceAudience.Following).HasRoomFor(1, FrameBuffer.FrameLength(EventHead.Size)))
            return false;
        for (PresenceAudience audience = 0; (int)audience < Audiences; audience++)
        {
            if (!Reaches(audience, forCounting))
                continue;
            var fits = audience.HasFlag(PresenceAudience.Following) ? RunOf(audience).HasRoomFor(1, eventBytes) : RunOf(audience).HasRoomFor(packets.Count, bareBytes);
            if (!fits)
                return false;
        }

        for (PresenceAudience audience = 0; (int)audience < Audiences; audience++)
        {
            if (!Reaches(audience, forCounting))
                continue;
            if (audience.HasFlag(PresenceAudience.Following))
                AddEvent(RunOf(audience), roomEvent, packets, eventBytes);
            else
                AddBare(RunOf(audience), roomEvent.Offset, packets, bareBytes);
        }

        if (skips)
            Skip(roomEvent);
        return true;
    }

    /// <summary>Adds the NEW_USER of a member, for members who count.</summary>
    /// <returns>False when the runs have to be sent first.</returns>
    public bool TryIntroduce(long offset, RoomMember member)
    {
        var packet = EventPackets.NewUser(member);
        var bytes = FrameBuffer.FrameLength(packet.Length);
        var (bare, followed) = (RunOf(PresenceAudience.Counting), members.FollowerCount > 0 ? RunOf(PresenceAudience.Counting | PresenceAudience.Following) : null);
        if (!bare.HasRoomFor(1, bytes) || followed?.HasRoomFor(1, bytes) == false)
            return false;
        AddPacket(bare, offset, packet, bytes);
        if (followed is not null)
            AddPacket(followed, offset, packet, bytes);
        return true;
    }

    /// <summary>Sends a member the packets that wait for it.</summary>
    /// <returns>How many packets it was sent.</returns>
    public int SendTo(Session member)
    {
        var audience = (member.CountsPresence ? PresenceAudience.Counting : 0) | (member.FollowsLog ? PresenceAudience.Following : 0);
        return _runs[(int)audience]?.SendTo(member) ?? 0;
    }

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

    private bool Reaches(PresenceAudience audience, bool forCounting) =>
        (forCounting || !audience.HasFlag(PresenceAudience.Counting)) && (members.FollowerCount > 0 || !audience.HasFlag(PresenceAudience.Following));

    private PresenceRun RunOf(PresenceAudience audience) => _runs[(int)audience] ??= new PresenceRun(maxPackets);

    /// <summary>Followers who count do not receive an event. Once in a while they receive the position alone.</summary>
    private void Skip(in RoomEvent roomEvent)
    {
        if (++_skipped < EventHead.SkippedBeforePosition)
            return;
        _skipped = 0;
        AddEvent(RunOf(PresenceAudience.Counting | PresenceAudience.Following), roomEvent, default, FrameBuffer.FrameLength(EventHead.Size));
    }
}
