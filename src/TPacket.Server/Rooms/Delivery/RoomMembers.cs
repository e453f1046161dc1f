using TPacket.Server.Rooms.Presence;
using TPacket.Server.Sessions;

namespace TPacket.Server.Rooms.Delivery;

/// <summary>
/// The members of a room on this server, in no particular order.
/// Each session stores its index, so that a removal needs no search. Guarded by the delivery's lock.
/// </summary>
internal sealed class RoomMembers
{
    /// <summary>The number of audiences.</summary>
    public const int Audiences = (int)(PresenceAudience.Counting | PresenceAudience.Following | PresenceAudience.Aware) + 1;

    private readonly int[] _counts = new int[Audiences];
    private Session[] _sessions = [];

    public int Count { get; private set; }

    /// <summary>The number of members who follow the log.</summary>
    public int FollowerCount { get; private set; }

    /// <summary>Returns the number of members of an audience.</summary>
    public int CountOf(PresenceAudience audience) => _counts[(int)audience];

    public ReadOnlySpan<Session> All => _sessions.AsSpan(0, Count);

    public void Add(Session session)
    {
        if (Count == _sessions.Length)
            Array.Resize(ref _sessions, Math.Max(4, Count * 2));
        session.Membership.Slot = Count;
        _sessions[Count++] = session;
        _counts[(int)session.Membership.Audience]++;
        if (session.Membership.FollowsLog)
            FollowerCount++;
    }

    public void Remove(Session session)
    {
        var last = _sessions[--Count];
        _sessions[session.Membership.Slot] = last;
        last.Membership.Slot = session.Membership.Slot;
        _sessions[Count] = null!;
        _counts[(int)session.Membership.Audience]--;
        if (session.Membership.FollowsLog)
            FollowerCount--;
    }
}
