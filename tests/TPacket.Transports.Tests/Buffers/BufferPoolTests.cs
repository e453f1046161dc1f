using System.Runtime.CompilerServices;
using TPacket.Transports.Buffers;

namespace TPacket.Transports.Tests.Buffers;

/// <summary>The pool counts the rented arrays of all threads and retains few long ones.</summary>
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
    public void Another_thread_may_return_an_array_and_both_threads_may_end()
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
    public void A_returned_long_array_is_rented_again()
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
    public void Collections_that_are_not_full_keep_long_arrays(int generation)
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
    public void The_next_full_collection_discards_long_arrays(int length)
    {
        var arrays = ReturnMany(length, 4);
        CollectAll();
        Assert.All(arrays, static array => Assert.False(array.IsAlive));
    }

    [Fact]
    public void Only_few_long_arrays_are_retained()
    {
        const int Length = 4 * 1024 * 1024;
        var arrays = Enumerable.Range(0, 64).Select(static _ => BufferPool.Rent(Length)).ToArray();
        Array.ForEach(arrays, BufferPool.Return);
        var again = Enumerable.Range(0, 64).Select(static _ => BufferPool.Rent(Length)).ToArray();
        Array.ForEach(again, BufferPool.Return);
        Assert.InRange(arrays.Intersect(again).Count(), 0, 4);
    }

    [Fact]
    public void An_array_too_long_to_be_retained_has_exactly_the_requested_length()
    {
        var array = BufferPool.Rent(5_000_001);
        Assert.Equal(5_000_001, array.Length);
        BufferPool.Return(array);
    }

    // A separate frame, so that no local variable refers to the arrays.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] ReturnMany(int length, int count)
    {
        var arrays = Enumerable.Range(0, count).Select(_ => BufferPool.Rent(length)).ToArray();
        Array.ForEach(arrays, BufferPool.Return);
        return [.. arrays.Select(static array => new WeakReference(array))];
    }

    /// <summary>Empties the pool in the first collection and frees its arrays in the second. No further collection is due afterwards.</summary>
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
