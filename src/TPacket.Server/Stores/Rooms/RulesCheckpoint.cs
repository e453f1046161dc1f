namespace TPacket.Server;

/// <summary>What a log keeps of its room's rules, as they stand behind the events that this is appended with. It takes the place of the one before; a state is kept until the next one.</summary>
public sealed record RulesCheckpoint
{
    /// <summary>When the rules want to be woken, in milliseconds since the Unix epoch by the store's clock; null for never.</summary>
    public long? WakeAt { get; init; }

    /// <summary>Whether nothing that the rules decide can come any more. The log may then drop events as if the room had no rules.</summary>
    public bool IsFinished { get; init; }

    /// <summary>The version of the rules that have written <see cref="State"/>.</summary>
    public int Version { get; init; }

    /// <summary>The state behind the last event, as the rules write it; null to keep the one before. Valid as long as the events.</summary>
    public ReadOnlyMemory<byte>? State { get; init; }
}
