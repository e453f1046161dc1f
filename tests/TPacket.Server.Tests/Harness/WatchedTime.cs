using Microsoft.Extensions.Time.Testing;

namespace TPacket.Server.Tests.Harness;

/// <summary>A clock that only the test moves. It records which timers were started, so that a test does not advance it before a timer exists.</summary>
internal sealed class WatchedTime : FakeTimeProvider
{
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(1);

    public Recorder<TimeSpan> Timers { get; } = new();

    /// <summary>The due times of the timers that were disposed of.</summary>
    public Recorder<TimeSpan> Ended { get; } = new();

    /// <summary>Advances the clock as it does while the process runs: every timer fires on time.</summary>
    public new void Advance(TimeSpan delta)
    {
        for (; delta > _step; delta -= _step)
            base.Advance(_step);
        base.Advance(delta);
    }

    /// <summary>Advances the clock as it does while the process is stopped: timers that were due fire late.</summary>
    public void Stall(TimeSpan delta) => base.Advance(delta);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Watched(this, base.CreateTimer(callback, state, dueTime, period), dueTime);
        Timers.Add(dueTime);
        return timer;
    }

    private sealed class Watched(WatchedTime time, ITimer timer, TimeSpan dueTime) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            timer.Dispose();
            time.Ended.Add(dueTime);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
