namespace TPacket.Server;

/// <summary>An event of a room's log that its rules apply.</summary>
/// <typeparam name="TEvent">The type of the rules' events.</typeparam>
public readonly record struct RulesEvent<TEvent>
    where TEvent : class
{
    /// <summary>The event that the rules have decided; null for an event of the room.</summary>
    public TEvent? Event { get; init; }

    /// <summary>
    /// The kind: <see cref="RoomEventKind.Packet"/> for an event that the rules have decided; <see cref="RoomEventKind.Opened"/>
    /// for a downtime; if the rules read presence, <see cref="RoomEventKind.Joined"/>, <see cref="RoomEventKind.Left"/>,
    /// <see cref="RoomEventKind.Renamed"/>, <see cref="RoomEventKind.Away"/> and <see cref="RoomEventKind.Returned"/>.
    /// </summary>
    public RoomEventKind Kind { get; init; }

    /// <summary>The member that sent the command, or that the event of the room concerns; null for a wake-up and a downtime.</summary>
    public RoomMember? Member { get; init; }

    /// <summary>The time of the event by the store's clock; never before the time of the previous event.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The version of the rules that decided the event.</summary>
    public int Version { get; init; }

    /// <summary>The time for which no server served the store before <see cref="RoomEventKind.Opened"/>; zero for other kinds.</summary>
    public TimeSpan Downtime { get; init; }

    /// <summary>The cause of <see cref="RoomEventKind.Left"/>.</summary>
    public LeaveCause Cause { get; init; }
}
