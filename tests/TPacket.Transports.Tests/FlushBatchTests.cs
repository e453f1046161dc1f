namespace TPacket.Transports.Tests;

public sealed class FlushBatchTests
{
    private readonly List<string> _flushed = [];

    [Fact]
    public void Without_a_batch_nothing_is_put_off() => Assert.False(FlushBatch.TryAdd(new Item("a", _flushed)));

    [Fact]
    public void The_outermost_exit_flushes_in_order()
    {
        var outer = FlushBatch.Enter();
        Assert.True(FlushBatch.TryAdd(new Item("a", _flushed)));
        var inner = FlushBatch.Enter();
        Assert.True(FlushBatch.TryAdd(new Item("b", _flushed)));
        inner.Exit();
        Assert.Empty(_flushed);
        outer.Exit();
        Assert.Equal(["a", "b"], _flushed);
        Assert.False(FlushBatch.TryAdd(new Item("c", _flushed)));
    }

    [Fact]
    public void What_a_flush_adds_is_flushed_too()
    {
        var batch = FlushBatch.Enter();
        FlushBatch.TryAdd(new Item("a", _flushed, () => Assert.True(FlushBatch.TryAdd(new Item("b", _flushed)))));
        batch.Exit();
        Assert.Equal(["a", "b"], _flushed);
    }

    [Fact]
    public void A_flush_that_throws_leaves_the_thread_without_a_batch()
    {
        var batch = FlushBatch.Enter();
        FlushBatch.TryAdd(new Item("a", _flushed, () => throw new InvalidOperationException()));
        Assert.Throws<InvalidOperationException>(batch.Exit);
        Assert.False(FlushBatch.TryAdd(new Item("b", _flushed)));
    }

    [Fact]
    public void Another_thread_is_not_in_the_batch()
    {
        var batch = FlushBatch.Enter();
        var added = true;
        var thread = new Thread(() => added = FlushBatch.TryAdd(new Item("a", _flushed)));
        thread.Start();
        thread.Join();
        batch.Exit();
        Assert.False(added);
    }

    private sealed class Item(string name, List<string> flushed, Action? then = null) : IFlushable
    {
        public void Flush()
        {
            flushed.Add(name);
            then?.Invoke();
        }
    }
}
