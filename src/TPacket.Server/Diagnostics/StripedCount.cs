namespace TPacket.Server.Diagnostics;

/// <summary>A counter for many threads. It is striped, so that threads on different processors seldom write to the same cache line.</summary>
internal sealed class StripedCount
{
    private const int Stripes = 16;

    // Two cache lines, because processors prefetch them in pairs.
    private const int Stride = 128 / sizeof(long);

    private readonly long[] _counts = new long[Stripes * Stride];

    /// <summary>The sum of all stripes. It may or may not include concurrent additions.</summary>
    public long Value
    {
        get
        {
            var sum = 0L;
            for (var i = 0; i < _counts.Length; i += Stride)
                sum += Interlocked.Read(ref _counts[i]);
            return sum;
        }
    }

    public void Add(long number) => Interlocked.Add(ref _counts[(Environment.CurrentManagedThreadId % Stripes) * Stride], number);
}
