using TPacket.Transports.Buffers;

namespace TPacket.Transports.Tests;

/// <summary>What is rented is counted, over all threads.</summary>
public class BufferPoolTests
{
    [Fact]
    public void Rented_arrays_are_counted_until_they_are_returned()
    {
        var before = BufferPool.Outstanding;
        var arrays = new[] { BufferPool.Rent(0), BufferPool.Rent(1), BufferPool.Rent(5_000) };
        Assert.True(arrays[2].Length >= 5_000);
        Assert.Equal(before + 3, BufferPool.Outstanding);
        foreach (var array in arrays)
            BufferPool.Return(array);
        Assert.Equal(before, BufferPool.Outstanding);
    }

    [Fact]
    public void An_array_may_be_returned_by_another_thread_and_both_may_end()
    {
        var before = BufferPool.Outstanding;
        byte[] array = [];
        Run(() => array = BufferPool.Rent(100));
        Assert.Equal(before + 1, BufferPool.Outstanding);
        Run(() => BufferPool.Return(array));
        Assert.Equal(before, BufferPool.Outstanding);
    }

    [Fact]
    public void Buffers_of_another_pool_can_be_counted()
    {
        var before = BufferPool.Outstanding;
        BufferPool.Count(1);
        Assert.Equal(before + 1, BufferPool.Outstanding);
        BufferPool.Count(-1);
        Assert.Equal(before, BufferPool.Outstanding);
    }

    private static void Run(ThreadStart work)
    {
        var thread = new Thread(work);
        thread.Start();
        thread.Join();
    }
}
