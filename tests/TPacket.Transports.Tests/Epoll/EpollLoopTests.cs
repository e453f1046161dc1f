using TPacket.Transports.Epoll;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests;

/// <summary>A loop takes flushes from other threads' batches, and does them with its own.</summary>
public class EpollLoopTests
{
    [Fact]
    public async Task A_loop_that_is_awake_flushes_at_the_end_of_its_round()
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
    public async Task What_was_handed_over_comes_behind_the_flushes_of_the_round()
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
    public void A_loop_is_not_woken_for_little()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var loop = new EpollLoop(0);
        Assert.True(SpinWait.SpinUntil(() => !InBatch(() => loop.TryTake(new PendingFlush())), Deadline.Limit));
    }

    [Fact]
    public async Task A_loop_is_woken_for_many()
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
        // Those for which it has come to rest again, perhaps, when little was left.
        Assert.InRange(kept, 0, 16);
        Assert.Equal(kept, threads.Count(thread => thread == caller));
        Assert.Single(threads.Where(thread => thread != caller).Distinct());
    }

    [Fact]
    public async Task A_loop_takes_nothing_from_itself()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var loop = new EpollLoop(0);
        var taken = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() => taken.SetResult(loop.TryTake(new PendingFlush())));
        Assert.False(await taken.Task.WaitAsync(Deadline.Limit));
    }

    [Fact]
    public void A_loop_that_has_ended_takes_nothing()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var loop = new EpollLoop(0);
        loop.Dispose();
        Assert.False(InBatch(() => loop.TryTake(new PendingFlush())));
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void Each_flush_that_was_taken_is_done_once_however_it_meets_the_wait()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var loop = new EpollLoop(0);
        using var done = new SemaphoreSlim(0);
        var taken = 0;
        for (var i = 0; i < 20_000; i++)
        {
            // Awake for a moment, and somewhere on its way back to rest. Nothing else wakes it.
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
    public async Task What_was_taken_before_a_loop_is_stopped_is_still_flushed()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var loop = new EpollLoop(0);
        using var flushing = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        // Holds the loop where it has taken over what there was.
        loop.Post(() => FlushBatch.TryAdd(new PendingFlush(() =>
        {
            flushing.Set();
            goOn.Wait(Deadline.Limit);
        })));
        Assert.True(flushing.Wait(Deadline.Limit));
        var late = new PendingFlush();
        var taken = InBatch(() => loop.TryTake(late));
        var disposing = Task.Factory.StartNew(loop.Dispose, TaskCreationOptions.LongRunning);
        var stopping = SpinWait.SpinUntil(() => loop.IsStopping, Deadline.Limit);
        goOn.Set();
        await disposing.WaitAsync(Deadline.Limit);

        Assert.True(taken && stopping);
        Assert.True(late.Done.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Work_that_is_posted_meanwhile_waits_until_the_round_has_flushed()
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
    public async Task A_loop_is_the_current_one_of_its_own_thread_alone()
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

        /// <summary>The thread that has done it.</summary>
        public Task<Thread> Done => _done.Task;

        public void Flush()
        {
            action?.Invoke();
            _done.SetResult(Thread.CurrentThread);
        }
    }

    /// <summary>A round of a loop that lasts until it is told to end.</summary>
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
