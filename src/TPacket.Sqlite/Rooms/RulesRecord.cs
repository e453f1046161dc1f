namespace TPacket.Server.Sqlite.Rooms;

/// <summary>A row of the table <c>rules</c>.</summary>
/// <param name="basis">The last written state and its position. The state is null if only the row was read.</param>
internal sealed class RulesRecord(RulesBasis basis)
{
    /// <summary>The last written state and its position.</summary>
    public RulesBasis Basis { get; set; } = basis;

    /// <summary>The time at which to wake the rules, in milliseconds since the Unix epoch; null for never.</summary>
    public long? WakeAt { get; set; }

    /// <summary>Whether the rules have finished.</summary>
    public bool IsFinished { get; set; }

    /// <summary>Whether the rules have decided anything.</summary>
    public bool HasDecided { get; set; }

    /// <summary>Whether an event that changes the roster wakes the rules.</summary>
    public bool ReadsPresence { get; set; }

    /// <summary>
    /// The file's downtime in milliseconds when the log last recorded it: with the event that names the rules or an event of
    /// kind <see cref="RoomEventKind.Opened"/>.
    /// </summary>
    public long Downtime { get; set; }

    /// <summary>The offset from which on retention keeps the events that are needed to compute the state.</summary>
    public long KeptFrom => IsFinished ? long.MaxValue : Basis.Position.Offset + 1;
}
