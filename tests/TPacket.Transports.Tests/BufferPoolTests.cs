using System.Runtime.CompilerServices;

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

    [Fact]
    public void A_long_array_is_rented_again()
    {
        CollectAll();
        var array = BufferPool.Rent(300_000);
        Assert.Equal(512 * 1024, array.Length);
        BufferPool.Return(array);
        var again = BufferPool.Rent(400_000);
        BufferPool.Return(again);
        Assert.Same(array, again);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_long_array_is_kept_over_collections_that_are_not_full(int generation)
    {
        CollectAll();
        var array = BufferPool.Rent(300_000);
        BufferPool.Return(array);
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(generation);
            GC.WaitForPendingFinalizers();
        }

        var again = BufferPool.Rent(300_000);
        BufferPool.Return(again);
        Assert.Same(array, again);
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    [InlineData(8_000_000)]
    public void A_long_array_is_kept_until_the_next_full_collection_at_most(int length)
    {
        var arrays = ReturnMany(length, 4);
        CollectAll();
        Assert.All(arrays, static array => Assert.False(array.IsAlive));
    }

    [Fact]
    public void Few_long_arrays_are_kept()
    {
        const int Length = 4 * 1024 * 1024;
        var arrays = Enumerable.Range(0, 64).Select(static _ => BufferPool.Rent(Length)).ToArray();
        Array.ForEach(arrays, BufferPool.Return);
        var again = Enumerable.Range(0, 64).Select(static _ => BufferPool.Rent(Length)).ToArray();
        Array.ForEach(again, BufferPool.Return);
        Assert.InRange(arrays.Intersect(again).Count(), 0, 4);
    }

    [Fact]
    public void An_array_beyond_what_is_kept_is_as_long_as_it_has_to_be()
    {
        var array = BufferPool.Rent(5_000_001);
        Assert.Equal(5_000_001, array.Length);
        BufferPool.Return(array);
    }

    // On a frame of its own, so that nothing else holds them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] ReturnMany(int length, int count)
    {
        var arrays = Enumerable.Range(0, count).Select(_ => BufferPool.Rent(length)).ToArray();
        Array.ForEach(arrays, BufferPool.Return);
        return [.. arrays.Select(static array => new WeakReference(array))];
    }

    /// <summary>The first collection has the pool emptied, the second one frees what was in it. Afterwards none is due.</summary>
    private static void CollectAll()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static void Run(ThreadStart work)
    {
        var thread = new Thread(work);
        thread.Start();
        thread.Join();
    }
}
