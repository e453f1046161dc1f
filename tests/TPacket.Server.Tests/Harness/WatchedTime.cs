using Microsoft.Extensions.Time.Testing;

namespace TPacket.Server.Tests.Harness;

/// <summary>A clock that only the test moves, and that tells which timers were started, so that none is started after the clock was moved past it.</summary>
internal sealed class WatchedTime : FakeTimeProvider
{
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(1);

    public Recorder<TimeSpan> Timers { get; } = new();

    /// <summary>The due times of the timers that were disposed of.</summary>
    public Recorder<TimeSpan> Ended { get; } = new();

    /// <summary>Lets time pass as it does while the process runs: every timer is on time.</summary>
    public new void Advance(TimeSpan delta)
    {
        for (; delta > _step; delta -= _step)
            base.Advance(_step);
        base.Advance(delta);
    }

    /// <summary>Lets time pass in which the process does not run: timers that were due come afterwards, and late.</summary>
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
