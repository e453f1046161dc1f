using System.Numerics;

namespace TPacket.Tool.Load;

/// <summary>A histogram of delays with a precision of 1 %. Thread-safe.</summary>
internal sealed class Delays
{
    private const int StepBits = 7;
    private const int Steps = 1 << StepBits;

    // One bucket for each microsecond below 2^StepBits, and 2^StepBits buckets for each power of two above.
    private readonly long[] _counts = new long[(64 - StepBits + 1) * Steps];
    private long _longest;

    /// <summary>The longest delay.</summary>
    public TimeSpan Longest => TimeSpan.FromMicroseconds(Volatile.Read(ref _longest));

    public void Add(TimeSpan delay)
    {
        var microseconds = Math.Max(0, (long)delay.TotalMicroseconds);
        Interlocked.Increment(ref _counts[IndexOf(microseconds)]);
        long longest;
        while ((longest = Volatile.Read(ref _longest)) < microseconds && Interlocked.CompareExchange(ref _longest, microseconds, longest) != longest)
        {
        }
    }

    /// <summary>Returns a percentile; zero if there are no delays.</summary>
    /// <param name="share">The share of delays that do not exceed the result, 0 to 1.</param>
    public TimeSpan At(double share)
    {
        var rank = (long)Math.Ceiling(share * _counts.Sum());
        var seen = 0L;
        for (var index = 0; index < _counts.Length && rank > 0; index++)
        {
            seen += _counts[index];
            if (seen >= rank)
                return TimeSpan.FromMicroseconds(Math.Min(LargestIn(index), Volatile.Read(ref _longest)));
        }

        return TimeSpan.Zero;
    }

    private static int IndexOf(long microseconds)
    {
        if (microseconds < Steps)
            return (int)microseconds;
        var shift = BitOperations.Log2((ulong)microseconds) - StepBits;
        return (int)(((shift + 1) << StepBits) + (microseconds >> shift) - Steps);
    }

    private static long LargestIn(int index)
    {
        if (index < Steps)
            return index;
        var shift = (index >> StepBits) - 1;
        return (((long)(index & (Steps - 1)) + Steps + 1) << shift) - 1;
    }
}
