using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace TPacket.Transports.Tests.Harness;

/// <summary>A clock that the test advances. It reports each started timer and the number of running timers.</summary>
internal sealed class WatchedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _started = Channel.CreateUnbounded<TimeSpan>();
    private int _running;

    /// <summary>The number of timers that were started and not disposed of.</summary>
    public int Running => Volatile.Read(ref _running);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _running);
        var timer = new Watched(this, base.CreateTimer(callback, state, dueTime, period));
        _started.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Awaits the next timer and advances the clock to its time.</summary>
    /// <returns>The due time of the timer.</returns>
    public async Task<TimeSpan> PassNextTimerAsync()
    {
        using var deadline = Deadline.Start();
        var due = await _started.Reader.ReadAsync(deadline.Token);
        Advance(due);
        return due;
    }

    private sealed class Watched(WatchedTime time, ITimer timer) : ITimer
    {
        private int _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
                Interlocked.Decrement(ref time._running);
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
