namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>Counts faults by kind. Thread-safe.</summary>
internal sealed class FaultCounts
{
    private readonly int[] _counts = new int[Enum.GetValues<Fault>().Length];

    public void Add(Fault fault) => Interlocked.Increment(ref _counts[(int)fault]);

    public override string ToString() => string.Join(", ", Enum.GetValues<Fault>().Select(fault => $"{fault} {_counts[(int)fault]}"));
}
