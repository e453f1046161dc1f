namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>Gives moments: numbers that rise, whichever thread asks.</summary>
internal sealed class Clock
{
    private long _now;

    public long Next() => Interlocked.Increment(ref _now);
}
