using TPacket.Transports.Loops;

namespace TPacket.Transports.Tests.Loops;

/// <summary>A thread's outermost batch defers flushes to its end.</summary>
public class FlushBatchTests
{
    private readonly List<string> _flushed = [];

    [Fact]
    public void Without_a_batch_no_flush_is_deferred()
    {
        Assert.False(FlushBatch.TryAdd(Flush("a")));
        FlushBatch.Enter().Exit();
        Assert.False(FlushBatch.TryAdd(Flush("a")));
        Assert.Empty(_flushed);
    }

    [Fact]
    public void Added_flushes_run_at_the_end_in_order()
    {
        var batch = FlushBatch.Enter();
        string[] names = [.. Enumerable.Range(0, 200).Select(static i => $"{i}")];
        Assert.All(names, name => Assert.True(FlushBatch.TryAdd(Flush(name))));
        Assert.Empty(_flushed);
        batch.Exit();
        Assert.Equal(names, _flushed);
        FlushBatch.Enter().Exit();
        Assert.Equal(names, _flushed);
    }

    [Fact]
    public void A_nested_batch_joins_the_outer_batch()
    {
        var outer = FlushBatch.Enter();
        FlushBatch.TryAdd(Flush("a"));
        var inner = FlushBatch.Enter();
        Assert.Same(outer, inner);
        FlushBatch.TryAdd(Flush("b"));
        inner.Exit();
        Assert.Empty(_flushed);
        FlushBatch.TryAdd(Flush("c"));
        outer.Exit();
        Assert.Equal(["a", "b", "c"], _flushed);
    }

    [Fact]
    public void A_flush_that_is_added_by_a_flush_runs_in_the_same_batch()
    {
        var batch = FlushBatch.Enter();
        FlushBatch.TryAdd(Flush("a", () => Assert.True(FlushBatch.TryAdd(Flush("of a", () => Assert.True(FlushBatch.TryAdd(Flush("of that"))))))));
        FlushBatch.TryAdd(Flush("b"));
        batch.Exit();
        Assert.Equal(["a", "b", "of a", "of that"], _flushed);
    }

    [Fact]
    public void A_batch_that_a_flush_opens_joins_the_batch_that_is_ending()
    {
        var batch = FlushBatch.Enter();
        FlushBatch.TryAdd(Flush("a", () =>
        {
            var inner = FlushBatch.Enter();
            FlushBatch.TryAdd(Flush("inner"));
            inner.Exit();
            Assert.DoesNotContain("inner", _flushed);
        }));
        FlushBatch.TryAdd(Flush("b"));
        batch.Exit();
        Assert.Equal(["a", "b", "inner"], _flushed);
    }

    [Fact]
    public void The_other_flushes_run_when_one_throws()
    {
        var batch = FlushBatch.Enter();
        FlushBatch.TryAdd(Flush("a"));
        FlushBatch.TryAdd(Flush("b", static () =>
        {
            FlushBatch.TryAdd(new Flushing(static () => throw new InvalidOperationException("The last.")));
            throw new FormatException("The first.");
        }));
        FlushBatch.TryAdd(Flush("c", () => FlushBatch.TryAdd(Flush("of c"))));
        Assert.Equal("The first.", Assert.Throws<FormatException>(batch.Exit).Message);
        Assert.Equal(["a", "b", "c", "of c"], _flushed);
    }

    [Fact]
    public void A_flush_that_throws_leaves_the_thread_usable()
    {
        var batch = FlushBatch.Enter();
        FlushBatch.TryAdd(Flush("a", static () => throw new FormatException()));
        Assert.Throws<FormatException>(batch.Exit);
        Assert.False(FlushBatch.TryAdd(Flush("none open")));

        batch = FlushBatch.Enter();
        Assert.True(FlushBatch.TryAdd(Flush("b")));
        batch.Exit();
        Assert.Equal(["a", "b"], _flushed);
    }

    [Fact]
    public void Each_thread_has_its_own_batch()
    {
        var batch = FlushBatch.Enter();
        var thread = new Thread(() =>
        {
            if (!FlushBatch.TryAdd(Flush("elsewhere")))
                _flushed.Add("at once");
        });
        thread.Start();
        thread.Join();
        batch.Exit();
        Assert.Equal(["at once"], _flushed);
    }

    private Flushing Flush(string name, Action? also = null) => new(() =>
    {
        _flushed.Add(name);
        also?.Invoke();
    });

    private sealed class Flushing(Action flush) : IFlushable
    {
        public void Flush() => flush();
    }
}
