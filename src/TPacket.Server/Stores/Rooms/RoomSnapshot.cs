namespace TPacket.Server;

/// <summary>The state of a room at a position of its log. The lists and the data of their events belong to the receiver.</summary>
/// <param name="Position">The position after the last event of the snapshot.</param>
/// <param name="Members">All members of the room, including members on other servers and members that are away.</param>
/// <param name="History">The messages and announcements of the history, oldest first; deleted messages are omitted.</param>
/// <param name="Streams">The last event of each stream that has one.</param>
public sealed record RoomSnapshot(RoomPosition Position, IReadOnlyList<RoomMember> Members, IReadOnlyList<RoomEvent> History, IReadOnlyList<StreamHead> Streams)
{
    /// <summary>The checkpoint from which the state of the room's rules is computed; null if the room has no rules.</summary>
    public RulesBasis? Rules { get; init; }

    /// <summary>
    /// The time for which no server served the store, as far as no <see cref="RoomEventKind.Opened"/>
    /// event has recorded it; zero if the room has no rules, or the log was already open.
    /// </summary>
    public TimeSpan Downtime { get; init; }
}
