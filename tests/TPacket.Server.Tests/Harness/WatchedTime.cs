using Microsoft.Extensions.Time.Testing;

namespace TPacket.Server.Tests.Harness;

/// <summary>A clock that only the test moves, and that tells which timers were started, so that none is started after the clock was moved past it.</summary>
internal sealed class WatchedTime : FakeTimeProvider
{
    public Recorder<TimeSpan> Timers { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Timers.Add(dueTime);
        return timer;
    }
}
