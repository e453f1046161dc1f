namespace TPacket.Testing;

/// <summary>The report of a simulation that has found no fault. Immutable.</summary>
public sealed record RulesSimulationReport
{
    /// <summary>The number of rooms, one for each seed.</summary>
    public required int Seeds { get; init; }

    /// <summary>The number of events in the logs of all rooms, including joins and leaves.</summary>
    public required long Events { get; init; }

    /// <summary>The number of commands that were refused or had no effect.</summary>
    public required long Refusals { get; init; }

    /// <summary>The number of repeated decisions, after a conflict with another node or a missed time limit.</summary>
    public required long Conflicts { get; init; }

    /// <summary>The number of repeated requests that the log had already appended.</summary>
    public required long Repeats { get; init; }

    /// <summary>The number of requests from nodes without a lease, which the log has rejected.</summary>
    public required long Fenced { get; init; }

    /// <summary>The number of wake-ups.</summary>
    public required long Wakes { get; init; }

    /// <summary>The number of starts of nodes, each of which computes the state again.</summary>
    public required long Starts { get; init; }

    /// <summary>The number of states that were written.</summary>
    public required long Checkpoints { get; init; }

    /// <summary>
    /// A hash of all events and states, which is the same in every process and on every machine.
    /// A test can compare the hash with a constant, to find rules that depend on the process (for example on hash
    /// codes of strings), and changes of rules that require a new <see cref="TPacket.Server.RoomRules.Version"/>.
    /// </summary>
    public required string Digest { get; init; }
}
