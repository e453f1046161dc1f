using TPacket.Transports.Buffers;
using TPacket.WebSockets.Connection;
using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Tests;

/// <summary>A queue of bytes in buffers of bounded length.</summary>
public class SegmentQueueTests
{
    private const uint Key = 0x12345678;

    [Fact]
    public void Bytes_keep_their_order_at_every_length()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var before = BufferPool.Outstanding;
        var queue = new SegmentQueue();
        var expected = new Queue<byte>();
        for (var step = 0; step < 2_000; step++)
        {
            if (random.Next(2) == 0)
            {
                var bytes = new byte[random.Next(random.Next(4) == 0 ? 100_000 : 300)];
                random.NextBytes(bytes);
                if (random.Next(2) == 0)
                {
                    var key = (uint)random.Next();
                    var next = queue.Append(bytes, key);
                    Assert.Equal(Masking.Apply(bytes, key), next);
                }
                else
                {
                    queue.Append(bytes);
                }

                foreach (var b in bytes)
                    expected.Enqueue(b);
            }
            else
            {
                var count = random.Next(queue.First.Length + 1);
                foreach (var b in queue.First[..count])
                    Assert.True(expected.Dequeue() == b, $"seed {seed}");
                queue.RemoveFirst(count);
            }

            Assert.True(queue.IsEmpty == (expected.Count == 0), $"seed {seed}");
            Assert.True(queue.IsEmpty || queue.First.Length > 0, $"seed {seed}");
            // All but the first ones, which grow, have the maximum length.
            Assert.InRange(BufferPool.Outstanding - before, 1, (expected.Count / SegmentQueue.LongestSegment) + 5);
        }

        queue.Release();
        Assert.Equal(before, BufferPool.Outstanding);
    }

    [Fact]
    public void A_long_queue_uses_short_buffers()
    {
        var queue = new SegmentQueue();
        queue.Append(new byte[1_000_000]);
        while (!queue.IsEmpty)
        {
            Assert.InRange(queue.First.Length, 1, SegmentQueue.LongestSegment);
            queue.RemoveFirst(queue.First.Length);
        }

        queue.Release();
    }

    [Fact]
    public void The_mask_continues_across_buffers()
    {
        var queue = new SegmentQueue();
        queue.Append(new byte[4095]);
        queue.Append(new byte[6], Key);
        queue.RemoveFirst(4095);
        Assert.Equal([0x78], queue.First.ToArray());
        queue.RemoveFirst(1);
        Assert.Equal([0x56, 0x34, 0x12, 0x78, 0x56], queue.First.ToArray());
        queue.Release();
    }
}
