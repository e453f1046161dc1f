using System.IO.Compression;
using TPacket.Transports.Buffers;
using TPacket.WebSockets.Compression;
using TPacket.WebSockets.Compression.Native;

namespace TPacket.WebSockets.Tests;

/// <summary>The pool of compressors and decompressors, and the state that connections hold between messages (RFC 7692, section 7.1.1).</summary>
public class StatePoolTests
{
    [Fact]
    public void The_runtimes_library_is_available() => Assert.True(DeflateSupport.IsAvailable);

    [Fact]
    public void Idle_connections_without_context_takeover_hold_no_state()
    {
        var outstanding = BufferPool.Outstanding;
        var alive = ZlibState.Alive;
        var connections = Enumerable.Range(0, 1000)
            .Select(static _ => (new Deflater(15, CompressionLevel.Fastest, contextTakeover: false), new Inflater(contextTakeover: false))).ToArray();
        foreach (var (deflater, inflater) in connections)
        {
            using var message = deflater.Deflate([], "Hello"u8);
            Assert.NotNull(Inflating.Message(inflater, 64, message.Bytes.ToArray()));
        }

        Assert.Equal(outstanding, BufferPool.Outstanding);
        Assert.InRange(ZlibState.Alive, 0, Math.Max(alive, 2 * StatePool.Capacity));
    }

    [Fact]
    public void Returned_states_are_reused_and_excess_states_are_freed()
    {
        StatePool.Clear();
        var alive = ZlibState.Alive;
        var states = Enumerable.Range(0, StatePool.Capacity + 10).Select(static _ => StatePool.RentInflate()).ToArray();
        Assert.Equal(alive + states.Length, ZlibState.Alive);
        foreach (var state in states)
            StatePool.Return(state);
        Assert.Equal(alive + StatePool.Capacity, ZlibState.Alive);

        var again = Enumerable.Range(0, StatePool.Capacity).Select(static _ => StatePool.RentInflate()).ToArray();
        Assert.Subset(states.ToHashSet(), again.ToHashSet());
        foreach (var state in again)
            StatePool.Return(state);

        StatePool.Clear();
        Assert.Equal(alive, ZlibState.Alive);
    }

    [Fact]
    public void A_compressor_is_reused_for_the_same_parameters_only()
    {
        StatePool.Clear();
        var state = StatePool.RentDeflate(12, CompressionLevel.Fastest);
        StatePool.Return(state);
        var others = new[] { StatePool.RentDeflate(11, CompressionLevel.Fastest), StatePool.RentDeflate(12, CompressionLevel.Optimal) };
        Assert.DoesNotContain(state, others);
        Assert.Same(state, StatePool.RentDeflate(12, CompressionLevel.Fastest));
        foreach (var rented in others.Append(state))
            StatePool.Discard(rented);
    }

    [Fact]
    public void States_of_all_parameters_together_stay_within_the_capacity()
    {
        StatePool.Clear();
        var alive = ZlibState.Alive;
        for (var i = 0; i < 3; i++)
        {
            for (var bits = DeflateOptions.MinWindowBits; bits <= DeflateOptions.MaxWindowBits; bits++)
            {
                foreach (var level in Enum.GetValues<CompressionLevel>())
                {
                    using var message = new Deflater(bits, level, contextTakeover: false).Deflate([], "Hello"u8);
                    Assert.InRange(ZlibState.Alive, alive, alive + StatePool.Capacity);
                }
            }
        }

        StatePool.Clear();
        Assert.Equal(alive, ZlibState.Alive);
    }

    [Fact]
    public void A_freed_state_throws()
    {
        var state = InflateState.Create();
        state.Dispose();
        state.Dispose();
        Assert.Throws<ObjectDisposedException>(state.Reset);
    }

    [Fact]
    public void A_failed_initialization_leaks_nothing()
    {
        var alive = ZlibState.Alive;
        Assert.Throws<InvalidOperationException>(() => DeflateState.Create(16, CompressionLevel.Fastest));
        Assert.Equal(alive, ZlibState.Alive);
    }

    [Fact]
    public void Many_threads_share_the_pools()
    {
        var outstanding = BufferPool.Outstanding;
        var deflater = new Deflater(15, CompressionLevel.Fastest, contextTakeover: false);
        var texts = Enumerable.Range(0, 8).Select(static i => Samples.Text(200 + i)).ToArray();
        Parallel.For(0, 8, i =>
        {
            var inflater = new Inflater(contextTakeover: false);
            for (var n = 0; n < 500; n++)
            {
                using var message = deflater.Deflate(texts[i].AsSpan(0, 24), texts[i].AsSpan(24));
                Assert.Equal(texts[i], Inflating.Message(inflater, 256, message.Bytes.ToArray()));
            }
        });
        Assert.Equal(outstanding, BufferPool.Outstanding);
    }
}
