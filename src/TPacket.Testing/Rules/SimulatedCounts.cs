namespace TPacket.Testing.Rules;

/// <summary>Counts of events in simulated rooms.</summary>
internal sealed class SimulatedCounts
{
    public long Events { get; set; }

    public long Refusals { get; set; }

    public long Conflicts { get; set; }

    public long Repeats { get; set; }

    public long Wakes { get; set; }

    public long Starts { get; set; }

    public long Checkpoints { get; set; }

    public long Fenced { get; set; }

    public void Add(SimulatedCounts other)
    {
        Events += other.Events;
        Refusals += other.Refusals;
        Conflicts += other.Conflicts;
        Repeats += other.Repeats;
        Wakes += other.Wakes;
        Starts += other.Starts;
        Checkpoints += other.Checkpoints;
        Fenced += other.Fenced;
    }
}
