namespace TPacket.Server;

/// <summary>
/// A checkpoint of a room's rules after the events of the same append.
/// It replaces the previous checkpoint; if <see cref="State"/> is null, the store keeps the previous state.
/// </summary>
public sealed record RulesCheckpoint
{
    /// <summary>The next wake-up time, in milliseconds since the Unix epoch by the store's clock; null for never.</summary>
    public long? WakeAt { get; init; }

    /// <summary>Whether the state is final. The log may then drop events as if the room had no rules.</summary>
    public bool IsFinished { get; init; }

    /// <summary>The version of the rules that has written <see cref="State"/>.</summary>
    public int Version { get; init; }

    /// <summary>The state after the last event, as written by the rules; null to keep the previous state. Valid as long as the events.</summary>
    public ReadOnlyMemory<byte>? State { get; init; }
}
