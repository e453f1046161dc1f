namespace TPacket.Server;

/// <summary>A room as it stands at one position of its log. The lists and the data of their events belong to the receiver.</summary>
/// <param name="Position">Behind the last event that the snapshot includes.</param>
/// <param name="Members">Everybody in the room, those on other servers and those away included.</param>
/// <param name="History">The messages and announcements that a newcomer is shown, oldest first; none that was deleted.</param>
/// <param name="Streams">The last event of each stream that has one.</param>
public sealed record RoomSnapshot(RoomPosition Position, IReadOnlyList<RoomMember> Members, IReadOnlyList<RoomEvent> History, IReadOnlyList<StreamHead> Streams)
{
    /// <summary>From which the state of the room's rules is computed; null where the room has none.</summary>
    public RulesBasis? Rules { get; init; }

    /// <summary>
    /// For how long no server has served the store since the room got its rules, without what <see cref="RoomEventKind.Opened"/> events have recorded since; zero where the room has no rules, or the log is open already.
    /// </summary>
    public TimeSpan Downtime { get; init; }
}
