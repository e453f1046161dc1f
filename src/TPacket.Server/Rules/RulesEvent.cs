namespace TPacket.Server;

/// <summary>An event of a room's log, as its rules see it.</summary>
/// <typeparam name="TEvent">The type of the events that they decide.</typeparam>
public readonly record struct RulesEvent<TEvent>
    where TEvent : class
{
    /// <summary>The event that the rules have decided; null for an event of the room.</summary>
    public TEvent? Event { get; init; }

    /// <summary>
    /// <see cref="RoomEventKind.Packet"/> for an event that the rules have decided; <see cref="RoomEventKind.Opened"/> for a downtime; where the rules read presence, <see cref="RoomEventKind.Joined"/>, <see cref="RoomEventKind.Left"/>,
    /// <see cref="RoomEventKind.Renamed"/>, <see cref="RoomEventKind.Away"/> and <see cref="RoomEventKind.Returned"/>.
    /// </summary>
    public RoomEventKind Kind { get; init; }

    /// <summary>The member whose command was decided, or whom an event of the room concerns; null where the rules were woken, and for a downtime.</summary>
    public RoomMember? Member { get; init; }

    /// <summary>When it happened, by the store's clock; never before the event before it.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The version of the rules that have decided the event.</summary>
    public int Version { get; init; }

    /// <summary>For how long no server served the store before <see cref="RoomEventKind.Opened"/>; else zero.</summary>
    public TimeSpan Downtime { get; init; }

    /// <summary>Why the member has <see cref="RoomEventKind.Left"/>.</summary>
    public LeaveCause Cause { get; init; }
}
