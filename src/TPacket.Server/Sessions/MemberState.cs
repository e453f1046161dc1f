using TPacket.Server.Rooms;
using TPacket.Server.Rooms.Presence;

namespace TPacket.Server.Sessions;

/// <summary>
/// The state of a connection as a member of its room. Guarded by the lock of the room's delivery,
/// except that any thread may read <see cref="Room"/>. A field that is never copied.
/// </summary>
internal struct MemberState
{
    /// <summary>The user's room; null for none.</summary>
    public Room? Room;

    /// <summary>The offset up to which the member has received presence. Pending presence up to this offset is not sent to the member.</summary>
    public long PresenceOffset;

    /// <summary>The member's index in <see cref="Rooms.Delivery.RoomMembers"/>.</summary>
    public int Slot;

    /// <summary>The number of events that a follower has not received because it does not accept their commands, since it last received a position alone.</summary>
    public int SkippedEvents;

    /// <summary>Whether the client accepted MEMBER_COUNT when it entered the room.</summary>
    public bool CountsPresence;

    /// <summary>Whether the client accepted EVENT when it entered the room.</summary>
    public bool FollowsLog;

    /// <summary>Whether the client accepted PRESENCE when it entered the room.</summary>
    public bool IsAware;

    /// <summary>Whether the client has the current view of the room's rules, so that it can receive changes of the view.</summary>
    public bool HasView;

    /// <summary>The audience of the member, which determines the presence packets that it receives.</summary>
    public readonly PresenceAudience Audience =>
        (CountsPresence ? PresenceAudience.Counting : 0) | (FollowsLog ? PresenceAudience.Following : 0) | (IsAware ? PresenceAudience.Aware : 0);
}
