using TPacket.Server.Rooms;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests;

public sealed class TurnQueueTests
{
    private readonly TurnQueue _turns = new();

    [Fact]
    public async Task One_at_a_time_has_the_turn()
    {
        var inside = 0;
        var overlaps = 0;
        var done = 0;
        await Parallel.ForAsync(0, 2000, async (i, _) => await _turns.RunAsync(
            async yields =>
            {
                if (Interlocked.Increment(ref inside) > 1)
                    overlaps++;
                if (yields)
                    await Task.Yield();
                done++;
                Interlocked.Decrement(ref inside);
            },
            i % 3 == 0));
        Assert.Equal((0, 2000), (overlaps, done));
    }

    [Fact]
    public async Task Who_waits_is_served_in_the_order_of_arrival_and_without_recursion()
    {
        var hold = new TaskCompletionSource();
        var order = new List<int>();
        var deepest = 0;
        var depth = 0;
        var first = _turns.RunAsync(static hold => new ValueTask(hold.Task), hold);
        var waiting = Enumerable.Range(0, 100_000).Select(i => _turns.RunAsync(
            i =>
            {
                deepest = Math.Max(deepest, ++depth);
                order.Add(i);
                depth--;
                return default;
            },
            i).AsTask()).ToArray();
        Assert.Empty(order);

        hold.SetResult();
        await first;
        await Task.WhenAll(waiting).WaitAsync(Deadline.Limit);

        Assert.Equal(Enumerable.Range(0, 100_000), order);
        Assert.Equal(1, deepest);
    }

    [Fact]
    public async Task A_turn_asked_for_within_a_turn_comes_after_it()
    {
        var order = new List<string>();
        ValueTask inner = default;
        await _turns.RunAsync(
            turns =>
            {
                order.Add("begin");
                inner = turns.RunAsync(
                    o =>
                    {
                        o.Add("inner");
                        return default;
                    },
                    order);
                order.Add("end");
                return default;
            },
            _turns);
        await inner.AsTask().WaitAsync(Deadline.Limit);
        Assert.Equal(["begin", "end", "inner"], order);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failure_is_the_callers_and_frees_the_turn(bool atOnce)
    {
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _turns.RunAsync(
            async atOnce =>
            {
                if (!atOnce)
                    await Task.Yield();
                throw new InvalidOperationException();
            },
            atOnce));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _turns.RunAsync<int>(static _ => throw new InvalidOperationException(), 0).AsTask());

        var ran = false;
        await _turns.RunAsync(
            _ =>
            {
                ran = true;
                return default;
            },
            0).AsTask().WaitAsync(Deadline.Limit);
        Assert.True(ran);
    }

    [Fact]
    public void A_free_turn_costs_no_allocation()
    {
        static ValueTask Work(int[] count)
        {
            count[0]++;
            return default;
        }

        var count = new int[1];
        Func<int[], ValueTask> work = Work;
        var completed = true;
        void RunMany()
        {
            for (var i = 0; i < 1000; i++)
                completed &= IsDone(_turns.RunAsync(work, count));
        }

        RunMany();
        var before = GC.GetAllocatedBytesForCurrentThread();
        RunMany();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(completed);
        Assert.Equal(2000, count[0]);
    }

    private static bool IsDone(ValueTask task) => task.IsCompletedSuccessfully;
}
