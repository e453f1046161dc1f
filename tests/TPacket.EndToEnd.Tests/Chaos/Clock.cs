namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>Returns moments: numbers that rise over all threads.</summary>
internal sealed class Clock
{
    private long _now;

    public long Next() => Interlocked.Increment(ref _now);
}
