namespace TPacket.Testing;

/// <summary>Counts the events of a simulation that has found no fault.</summary>
public sealed record RulesSimulationReport
{
    /// <summary>How many rooms there were, one a seed.</summary>
    public required int Seeds { get; init; }

    /// <summary>How many events their logs have, those of members who enter and leave included.</summary>
    public required long Events { get; init; }

    /// <summary>How many commands were refused or had no effect.</summary>
    public required long Refusals { get; init; }

    /// <summary>How often the rules were asked again because another node was faster, or the time was over.</summary>
    public required long Conflicts { get; init; }

    /// <summary>How many requests were made again after they had been appended.</summary>
    public required long Repeats { get; init; }

    /// <summary>How many requests came from nodes that no longer had a lease.</summary>
    public required long Fenced { get; init; }

    /// <summary>How often the rules were woken.</summary>
    public required long Wakes { get; init; }

    /// <summary>How often a node was started and computed the state anew.</summary>
    public required long Starts { get; init; }

    /// <summary>How often the state was written.</summary>
    public required long Checkpoints { get; init; }

    /// <summary>
    /// A hash of all events and states. It is the same in every process and on every machine. A test that compares it with a constant finds rules that depend on what differs between processes, such as the hash codes of strings, and changes of the
    /// rules that need another <see cref="TPacket.Server.RoomRules.Version"/>.
    /// </summary>
    public required string Digest { get; init; }
}
