namespace TPacket.Server;

/// <summary>What has to hold for an append; checked in the same step. A request id that the log remembers is answered before the condition is looked at.</summary>
public sealed record AppendCondition
{
    /// <summary>The log's last event has to be the one at this position: nothing was appended since. Null where that does not matter.</summary>
    public RoomPosition? After { get; init; }

    /// <summary>For each of these streams, its last event has to be this one: the stream has not moved.</summary>
    public IReadOnlyList<StreamHead> Streams { get; init; } = [];

    /// <summary>The event's time must not be before this one, in milliseconds since the Unix epoch by the store's clock. Null where that does not matter.</summary>
    public long? NotBefore { get; init; }

    /// <summary>The event's time must not be after this one, in milliseconds since the Unix epoch by the store's clock. Null where that does not matter.</summary>
    public long? NotAfter { get; init; }

    /// <summary>Most members that the room has once a <see cref="RoomEventKind.Joined"/> is appended, those away included: <see cref="AppendStatus.Full"/> where there would be more. Null for no limit.</summary>
    public int? MaxMembers { get; init; }
}
