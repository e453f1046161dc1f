using TPacket.Transports.Epoll;
using TPacket.Transports.Loops;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Epoll;

/// <summary>A loop takes over flushes from the batches of other threads and runs them with its own.</summary>
public class EpollLoopTests
{
    [Fact]
    public async Task A_running_loop_flushes_at_the_end_of_its_round()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var loop = new EpollLoop(0);
        using var round = new Round(loop);
        var flush = new PendingFlush();

        Assert.True(InBatch(() => loop.TryTake(flush)));

        Assert.False(flush.Done.IsCompleted);
        round.End();
        Assert.Same(round.Thread, await flush.Done.WaitAsync(Deadline.Limit));
    }

    [Fact]
    public async Task Flushes_that_were_handed_over_run_after_the_flushes_of_the_round()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var loop = new EpollLoop(0);
        var order = new List<string>();
        var own = new PendingFlush(() => order.Add("own"));
        using var round = new Round(loop, last: () => FlushBatch.TryAdd(own));
        var first = new PendingFlush(() => order.Add("first"));
        var second = new PendingFlush(() => order.Add("second"));

        InBatch(() => loop.TryTake(first) && loop.TryTake(second));
        round.End();

        await second.Done.WaitAsync(Deadline.Limit);
        Assert.Equal(["own", "first", "second"], order);
    }

    [Fact]
    public void A_small_batch_does_not_wake_an_idle_loop()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var loop = new EpollLoop(0);
        Assert.True(SpinWait.SpinUntil(() => !InBatch(() => loop.TryTake(new PendingFlush())), Deadline.Limit));
    }

    [Fact]
    public async Task A_large_batch_wakes_an_idle_loop()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var loop = new EpollLoop(0);
        Assert.True(SpinWait.SpinUntil(() => !InBatch(() => loop.TryTake(new PendingFlush())), Deadline.Limit));
        PendingFlush[] flushes = [.. Enumerable.Range(0, 200).Select(static _ => new PendingFlush())];
        var kept = 0;
        var caller = Thread.CurrentThread;

        var batch = FlushBatch.Enter();
        foreach (var flush in flushes)
        {
            FlushBatch.TryAdd(new PendingFlush(() =>
            {
                if (loop.TryTake(flush))
                    return;
                kept++;
                flush.Flush();
            }));
        }

        batch.Exit();

        var threads = await Task.WhenAll(flushes.Select(static flush => flush.Done)).WaitAsync(Deadline.Limit);
        // The loop may have become idle again when few flushes were left.
        Assert.InRange(kept, 0, 16);
        Assert.Equal(kept, threads.Count(thread => thread == caller));
        Assert.Single(threads.Where(thread => thread != caller).Distinct());
    }

    [Fact]
    public async Task A_loop_takes_over_no_flush_from_itself()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var loop = new EpollLoop(0);
        var taken = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() => taken.SetResult(loop.TryTake(new PendingFlush())));
        Assert.False(await taken.Task.WaitAsync(Deadline.Limit));
    }

    [Fact]
    public void An_ended_loop_takes_over_no_flush()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var loop = new EpollLoop(0);
        loop.Dispose();
        Assert.False(InBatch(() => loop.TryTake(new PendingFlush())));
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void Each_flush_that_was_taken_over_runs_once_whenever_the_loop_begins_to_wait()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var loop = new EpollLoop(0);
        using var done = new SemaphoreSlim(0);
        var taken = 0;
        for (var i = 0; i < 20_000; i++)
        {
            // The loop is awake for a moment and then begins to wait again. Nothing else wakes it.
            loop.Post(static () => { });
            Thread.SpinWait(i % 500);
            var flush = new PendingFlush(() => done.Release());
            if (!InBatch(() => loop.TryTake(flush)))
                continue;
            taken++;
            Assert.True(done.Wait(Deadline.Limit));
            Assert.Equal(0, done.CurrentCount);
        }

        Assert.NotEqual(0, taken);
    }

    [Fact]
    public async Task A_flush_that_was_taken_over_before_the_stop_still_runs()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var loop = new EpollLoop(0);
        using var flushing = new ManualResetEventSlim();
        using var proceed = new ManualResetEventSlim();
        // Holds the loop after it has added the flushes that were handed over.
        loop.Post(() => FlushBatch.TryAdd(new PendingFlush(() =>
        {
            flushing.Set();
            proceed.Wait(Deadline.Limit);
        })));
        Assert.True(flushing.Wait(Deadline.Limit));
        var late = new PendingFlush();
        var taken = InBatch(() => loop.TryTake(late));
        var disposing = Task.Factory.StartNew(loop.Dispose, TaskCreationOptions.LongRunning);
        var stopping = SpinWait.SpinUntil(() => loop.IsStopping, Deadline.Limit);
        proceed.Set();
        await disposing.WaitAsync(Deadline.Limit);

        Assert.True(taken && stopping);
        Assert.True(late.Done.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Work_that_is_posted_during_a_round_runs_after_its_flushes()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var loop = new EpollLoop(0);
        var flush = new PendingFlush();
        var flushed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);

        loop.Post(() =>
        {
            FlushBatch.TryAdd(flush);
            loop.Post(() => flushed.SetResult(flush.Done.IsCompleted));
        });

        Assert.True(await flushed.Task.WaitAsync(Deadline.Limit));
    }

    [Fact]
    public async Task A_loop_is_current_on_its_own_thread_only()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var loop = new EpollLoop(0);
        var current = new TaskCompletionSource<IEventLoop?>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() => current.SetResult(EventLoop.Current));

        Assert.Same(loop, await current.Task.WaitAsync(Deadline.Limit));
        Assert.Null(EventLoop.Current);
    }

    private static bool InBatch(Func<bool> action)
    {
        var batch = FlushBatch.Enter();
        try
        {
            return action();
        }
        finally
        {
            batch.Exit();
        }
    }

    private sealed class PendingFlush(Action? action = null) : IFlushable
    {
        private readonly TaskCompletionSource<Thread> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The thread that has run the flush.</summary>
        public Task<Thread> Done => _done.Task;

        public void Flush()
        {
            action?.Invoke();
            _done.SetResult(Thread.CurrentThread);
        }
    }

    /// <summary>A round of a loop that lasts until <see cref="End"/>.</summary>
    private sealed class Round : IDisposable
    {
        private readonly ManualResetEventSlim _end = new();

        public Round(EpollLoop loop, Action? last = null)
        {
            using var begun = new ManualResetEventSlim();
            loop.Post(() =>
            {
                Thread = Thread.CurrentThread;
                begun.Set();
                _end.Wait(Deadline.Limit);
                last?.Invoke();
            });
            Assert.True(begun.Wait(Deadline.Limit));
        }

        public Thread? Thread { get; private set; }

        public void End() => _end.Set();

        public void Dispose()
        {
            End();
            _end.Dispose();
        }
    }
}
