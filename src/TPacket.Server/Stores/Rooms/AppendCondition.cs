namespace TPacket.Server;

/// <summary>
/// The condition of an append, which the store checks atomically with the append.
/// If the log remembers the request id, it answers without checking the condition.
/// </summary>
public sealed record AppendCondition
{
    /// <summary>The required position of the log: no event was appended after this position. Null for no requirement.</summary>
    public RoomPosition? After { get; init; }

    /// <summary>The required last events of streams: no event was appended to these streams after these events.</summary>
    public IReadOnlyList<StreamHead> Streams { get; init; } = [];

    /// <summary>The earliest time of the events, in milliseconds since the Unix epoch by the store's clock. Null for no limit.</summary>
    public long? NotBefore { get; init; }

    /// <summary>The latest time of the events, in milliseconds since the Unix epoch by the store's clock. Null for no limit.</summary>
    public long? NotAfter { get; init; }

    /// <summary>
    /// The maximum number of members after a <see cref="RoomEventKind.Joined"/>, including members that are away;
    /// the result is <see cref="AppendStatus.Full"/> if there would be more. Null for no limit.
    /// </summary>
    public int? MaxMembers { get; init; }
}
