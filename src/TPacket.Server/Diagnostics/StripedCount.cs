namespace TPacket.Server.Diagnostics;

/// <summary>A count that many threads raise: threads that run at the same time seldom write to the same line of the processor's cache.</summary>
internal sealed class StripedCount
{
    private const int Stripes = 16;

    // Two lines of a cache, since processors load them in pairs.
    private const int Stride = 128 / sizeof(long);

    private readonly long[] _counts = new long[Stripes * Stride];

    /// <summary>The sum; a count that is raised meanwhile may be in it or not.</summary>
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
