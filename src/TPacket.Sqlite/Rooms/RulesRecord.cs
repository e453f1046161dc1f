namespace TPacket.Server.Sqlite.Rooms;

/// <summary>A row of the table of rules.</summary>
/// <param name="basis">The state that was written last, and its position. Without the state where only the row was read.</param>
internal sealed class RulesRecord(RulesBasis basis)
{
    /// <summary>The state that was written last, and its position.</summary>
    public RulesBasis Basis { get; set; } = basis;

    /// <summary>When the rules want to be woken, in milliseconds since the Unix epoch; null for never.</summary>
    public long? WakeAt { get; set; }

    /// <summary>Whether the rules have finished.</summary>
    public bool IsFinished { get; set; }

    /// <summary>Whether the rules have decided anything.</summary>
    public bool HasDecided { get; set; }

    /// <summary>Whether an event that changes the roster wakes the rules.</summary>
    public bool ReadsPresence { get; set; }

    /// <summary>How much of the file's downtime the log has: all when it got the rules, and all with each <see cref="RoomEventKind.Opened"/>.</summary>
    public long Downtime { get; set; }

    /// <summary>The offset from which on retention drops no event that the state is computed from.</summary>
    public long KeptFrom => IsFinished ? long.MaxValue : Basis.Position.Offset + 1;
}
