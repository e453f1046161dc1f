using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server.Rooms.Turns;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Rooms.Turns;

/// <summary>Turns run one at a time, in the order of arrival, whatever the work does.</summary>
public class TurnQueueTests
{
    private readonly TurnQueue _turns = new();

    [Fact]
    public async Task A_queue_that_is_never_empty_does_not_occupy_the_thread_that_releases_the_turn()
    {
        var hold = new TaskCompletionSource();
        var stop = false;
        var handedOver = Environment.CurrentManagedThreadId;
        var elsewhere = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = _turns.RunAsync(static hold => new ValueTask(hold.Task), hold);
        // Two workers request another turn at the end of each turn, so that the queue is never empty.
        async Task AskAgainAndAgain()
        {
            while (!Volatile.Read(ref stop))
            {
                await _turns.RunAsync(
                    _ =>
                    {
                        if (Environment.CurrentManagedThreadId != handedOver)
                            elsewhere.TrySetResult();
                        return default;
                    },
                    0).ConfigureAwait(false);
            }
        }

        var askers = new[] { AskAgainAndAgain(), AskAgainAndAgain() };
        hold.SetResult(); // Returns, although no worker has stopped.
        await elsewhere.Task.WaitAsync(Deadline.Limit);
        Volatile.Write(ref stop, true);
        await Task.WhenAll(askers).WaitAsync(Deadline.Limit);
        await first;
    }

    [Fact]
    public void Work_that_finds_the_turn_free_runs_at_once_on_the_thread_that_brings_it()
    {
        var ranOn = 0;
        Assert.True(RunAsync(() => ranOn = Environment.CurrentManagedThreadId).IsCompletedSuccessfully);
        Assert.Equal(Environment.CurrentManagedThreadId, ranOn);
    }

    [Fact]
    public async Task Work_of_all_threads_runs_one_at_a_time()
    {
        const int Threads = 4;
        const int Rounds = 5_000;
        var inside = 0;
        var done = 0;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                await _turns.RunAsync(
                    async yields =>
                    {
                        Assert.Equal(1, Interlocked.Increment(ref inside));
                        if (yields)
                            await Task.Yield();
                        done++;
                        Assert.Equal(0, Interlocked.Decrement(ref inside));
                    },
                    i % 7 == thread);
            }
        }))).WaitAsync(Deadline.Limit);
        Assert.Equal(Threads * Rounds, done);
    }

    [Fact]
    public async Task Waiting_work_runs_in_the_order_of_its_arrival()
    {
        var order = new List<int>();
        var holder = new TaskCompletionSource();
        var held = _turns.RunAsync(static holder => new ValueTask(holder.Task), holder);
        var waiting = Enumerable.Range(0, 100).Select(i => RunAsync(() => order.Add(i))).ToArray();
        Assert.All(waiting, static task => Assert.False(task.IsCompleted));
        holder.SetResult();
        await held;
        await Task.WhenAll(waiting).WaitAsync(Deadline.Limit);
        Assert.Equal(Enumerable.Range(0, 100), order);
    }

    [Fact]
    public async Task A_hundred_thousand_waiting_items_run_without_recursion()
    {
        const int Waiting = 100_000;
        var count = 0;
        var depth = 0;
        var deepest = 0;
        var holder = new TaskCompletionSource();
        // A small stack: a recursion would overflow it.
        var held = _turns.RunAsync(static holder => new ValueTask(holder.Task), holder).AsTask();
        var waiting = Enumerable.Range(0, Waiting).Select(_ => RunAsync(() =>
        {
            deepest = Math.Max(deepest, ++depth);
            count++;
            depth--;
        })).ToArray();
        var thread = new Thread(holder.SetResult, maxStackSize: 256 * 1024);
        thread.Start();
        await held.WaitAsync(Deadline.Limit);
        await Task.WhenAll(waiting).WaitAsync(Deadline.Limit);
        thread.Join();
        Assert.Equal((Waiting, 1), (count, deepest));
    }

    [Fact]
    public async Task Asynchronous_work_holds_the_turn_until_it_is_complete()
    {
        var order = new List<string>();
        var gate = new TaskCompletionSource();
        var first = _turns.RunAsync(
            async gate =>
            {
                order.Add("first begins");
                await gate.Task;
                order.Add("first ends");
            },
            gate);
        var second = RunAsync(() => order.Add("second"));
        Assert.False(first.IsCompleted);
        Assert.False(second.IsCompleted);
        Assert.Equal(["first begins"], order);
        gate.SetResult();
        await first;
        await second.WaitAsync(Deadline.Limit);
        Assert.Equal(["first begins", "first ends", "second"], order);
    }

    [Fact]
    public async Task A_cancelled_wait_ends_although_the_turn_is_never_released()
    {
        var time = new FakeTimeProvider();
        var options = new TPacketServerOptions { TurnTimeout = TimeSpan.FromSeconds(30) };
        var turns = new TurnQueue("room", new TurnDeadline(time, Microsoft.Extensions.Options.Options.Create(options), NullLogger<TurnDeadline>.Instance));
        var holder = new TaskCompletionSource();
        var held = turns.RunAsync(static holder => new ValueTask(holder.Task), holder).AsTask();
        var waiting = Enumerable.Range(0, 100).Select(_ => turns.RunAsync(static _ => default, 0).AsTask()).ToArray();
        time.Advance(TimeSpan.FromSeconds(1));
        var last = turns.RunAsync(static _ => default, 0).AsTask();
        Assert.Equal(101, turns.WaitingCount);
        time.Advance(TimeSpan.FromSeconds(29));
        foreach (var task in waiting)
            await Assert.ThrowsAsync<TurnTimeoutException>(() => task.WaitAsync(Deadline.Limit));
        Assert.Equal(1, turns.WaitingCount);
        holder.SetResult();
        await held;
        await last.WaitAsync(Deadline.Limit);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Work_that_throws_gives_the_turn_back(bool later)
    {
        var failed = _turns.RunAsync(Fail, later);
        var after = RunAsync(static () => { });
        await Assert.ThrowsAsync<FormatException>(async () => await failed);
        await after.WaitAsync(Deadline.Limit);
        Assert.True(RunAsync(static () => { }).IsCompletedSuccessfully);

        static async ValueTask Fail(bool later)
        {
            if (later)
                await Task.Yield();
            throw new FormatException();
        }
    }

    [Fact]
    public void Work_that_throws_before_it_has_a_task_gives_the_turn_back()
    {
        Assert.Throws<FormatException>(() => { _ = RunAsync(static () => throw new FormatException()); });
        Assert.True(RunAsync(static () => { }).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Waiting_work_that_throws_fails_alone()
    {
        var holder = new TaskCompletionSource();
        var held = _turns.RunAsync(static holder => new ValueTask(holder.Task), holder);
        var failing = RunAsync(static () => throw new FormatException());
        var following = RunAsync(static () => { });
        holder.SetResult();
        await held;
        await Assert.ThrowsAsync<FormatException>(() => failing.WaitAsync(Deadline.Limit));
        await following.WaitAsync(Deadline.Limit);
    }

    [Fact]
    public async Task Work_that_queues_work_to_another_queue_does_not_delay_it()
    {
        var other = new TurnQueue();
        var order = new List<int>();
        var holder = new TaskCompletionSource();
        var held = _turns.RunAsync(static holder => new ValueTask(holder.Task), holder);
        var waiting = Enumerable.Range(0, 10).Select(i => _turns.RunAsync(
            i => other.RunAsync(
                i =>
                {
                    order.Add(i);
                    return default;
                },
                i),
            i).AsTask()).ToArray();
        holder.SetResult();
        await held;
        await Task.WhenAll(waiting).WaitAsync(Deadline.Limit);
        Assert.Equal(Enumerable.Range(0, 10), order);
    }

    [Fact]
    public void Synchronous_work_in_a_free_turn_allocates_nothing()
    {
        Run(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(1_000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Run(int times)
        {
            for (var i = 0; i < times; i++)
                Assert.True(_turns.RunAsync(static _ => default, this).AsTask().IsCompletedSuccessfully);
        }
    }

    private Task RunAsync(Action work) => _turns.RunAsync(
        static work =>
        {
            work();
            return default;
        },
        work).AsTask();
}
