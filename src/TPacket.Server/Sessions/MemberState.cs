using TPacket.Server.Rooms;
using TPacket.Server.Rooms.Presence;

namespace TPacket.Server.Sessions;

/// <summary>
/// The state of a connection as a member of its room. Belongs to the delivery of that room and is guarded by its lock; only <see cref="Room"/> is read by any thread. A field that is never copied.
/// </summary>
internal struct MemberState
{
    /// <summary>The user's room; null for none.</summary>
    public Room? Room;

    /// <summary>Presence up to this offset is not sent to the member any more: it has received it.</summary>
    public long PresenceOffset;

    /// <summary>The member's index in <see cref="Rooms.Delivery.RoomMembers"/>.</summary>
    public int Slot;

    /// <summary>The number of events that a follower has not received because of their commands, since it last received a position alone.</summary>
    public int SkippedEvents;

    /// <summary>Whether the client accepted MEMBER_COUNT when it entered the room.</summary>
    public bool CountsPresence;

    /// <summary>Whether the client accepted EVENT when it entered the room.</summary>
    public bool FollowsLog;

    /// <summary>Whether the client accepted PRESENCE when it entered the room.</summary>
    public bool IsAware;

    /// <summary>Whether the client has the state of the room's rules, so that it can receive changes of it.</summary>
    public bool HasView;

    /// <summary>The presence packets that the member receives.</summary>
    public readonly PresenceAudience Audience =>
        (CountsPresence ? PresenceAudience.Counting : 0) | (FollowsLog ? PresenceAudience.Following : 0) | (IsAware ? PresenceAudience.Aware : 0);
}
