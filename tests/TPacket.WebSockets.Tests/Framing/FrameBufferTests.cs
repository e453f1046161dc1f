using TPacket.Transports.Buffers;
using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Tests;

/// <summary>A buffer of encoded frames that many connections share.</summary>
public class FrameBufferTests : ConnectionTests
{
    [Theory]
    [InlineData(0, 2)]
    [InlineData(125, 127)]
    [InlineData(126, 130)]
    [InlineData(65535, 65539)]
    [InlineData(65536, 65546)]
    public void FrameLength_is_the_length_of_the_frame(int payloadLength, int frameLength)
    {
        Assert.Equal(frameLength, FrameBuffer.FrameLength(payloadLength));
        var buffer = FrameBuffer.Rent(frameLength);
        Assert.Equal(frameLength, buffer.Append(new byte[payloadLength], []));
        Assert.Equal(frameLength, buffer.Length);
        buffer.Release();
    }

    [Fact]
    public void Frames_of_two_parts_are_appended_in_order()
    {
        var buffer = FrameBuffer.Rent();
        Assert.Equal(5, buffer.Append([1], [2, 3]));
        Assert.Equal(2, buffer.Append([], []));
        Assert.Equal(["Binary 010203", "Binary "], ServerFrames.Decode(buffer.Array[..buffer.Length]));
        Assert.Equal(4096 - 7, buffer.Remaining);
        buffer.Release();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_frame_that_does_not_fit_throws_and_changes_nothing(int remaining)
    {
        var buffer = FrameBuffer.Rent();
        buffer.Append(new byte[4096 - 4 - remaining], []);
        Assert.Equal(remaining, buffer.Remaining);

        Assert.ThrowsAny<ArgumentException>(() => buffer.Append([1], [2]));

        Assert.Equal(remaining, buffer.Remaining);
        buffer.Release();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(100000)]
    public void The_last_reference_returns_the_buffer(int capacity)
    {
        var before = BufferPool.Outstanding;
        var buffer = FrameBuffer.Rent(capacity);
        Assert.InRange(buffer.Remaining, Math.Max(capacity, 1), int.MaxValue);
        Assert.Equal(before + 1, BufferPool.Outstanding);
        buffer.Retain();
        Assert.False(buffer.TryReset());
        buffer.Release();
        Assert.Equal(before + 1, BufferPool.Outstanding);
        buffer.Append([1], []);
        Assert.True(buffer.TryReset());
        Assert.Equal(0, buffer.Length);
        buffer.Release();
        Assert.Equal(before, BufferPool.Outstanding);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2000)]
    public void Many_connections_share_one_buffer(int payloadLength)
    {
        var before = BufferPool.Outstanding;
        var payload = new byte[payloadLength];
        Array.Fill(payload, (byte)0xAB);
        var transports = Enumerable.Range(0, 50).Select(static i => new ScriptedTransport()).ToArray();
        var connections = transports.Select(Connect).ToArray();
        foreach (var full in transports[..10])
            full.Room = 2;

        InBatch(() =>
        {
            var frames = FrameBuffer.Rent(8192);
            var length = frames.Append(payload, []);
            foreach (var connection in connections)
                Assert.True(connection.Send(frames, 0, length, 1));
            frames.Release();
            Assert.True(BufferPool.Outstanding > before);
        });

        // The connection with the full socket has copied its part, and holds no reference.
        Assert.Equal(before + 10, BufferPool.Outstanding);
        foreach (var transport in transports)
        {
            transport.Drain();
            Assert.Equal([$"Binary {Hex.Of(payload)}"], ServerFrames.Decode(transport.Sent));
        }

        Assert.Equal(before, BufferPool.Outstanding);
        foreach (var transport in transports)
            transport.End(new IOException());
    }

    [Fact]
    public void A_connection_that_ends_within_the_batch_releases_its_buffers()
    {
        var before = BufferPool.Outstanding;
        var transport = new ScriptedTransport();
        var connection = Connect(transport);
        InBatch(() =>
        {
            var frames = FrameBuffer.Rent();
            Assert.True(connection.Send(frames, 0, frames.Append([1], []), 1));
            transport.End(new IOException());
            frames.Release();
        });
        Assert.Empty(transport.Sent);
        Assert.Equal(before, BufferPool.Outstanding);
    }

    [Fact]
    public void Shared_and_own_frames_are_written_together_in_order()
    {
        Open();
        var expected = new List<string>();
        InBatch(() =>
        {
            var frames = FrameBuffer.Rent(8192);
            for (var i = 0; i < 30; i++)
            {
                var start = frames.Length;
                var payload = new byte[i % 5 == 0 ? 600 : 4];
                payload[0] = (byte)i;
                var length = frames.Append(payload, []);
                if (i % 3 == 0)
                    Assert.True(Connection.Send(MessageType.Binary, payload));
                else
                    Assert.True(Connection.Send(frames, start, length, 1, counted: i % 2 == 0));
                expected.Add($"Binary {Hex.Of(payload)}");
            }

            frames.Release();
        });
        Assert.Equal(expected, ServerFrames.Decode(Assert.Single(Transport.Writes)));
    }

    [Fact]
    public void A_part_of_a_buffer_can_be_sent()
    {
        Open();
        var frames = FrameBuffer.Rent();
        var first = frames.Append([1], []);
        var second = frames.Append([2], []);
        frames.Append([3], []);
        Assert.True(Connection.Send(frames, first, second, 1));
        frames.Release();
        Assert.Equal(["Binary 02"], SentFrames);
    }

    private WebSocketConnection Connect(ScriptedTransport transport)
    {
        var connection = WebSocketConnection.Accept(transport, new ScriptedHandler(), WebSocketOptions.Default, Heartbeat);
        transport.Receive(Requests.Bytes(Requests.Plain));
        transport.ClearSent();
        return connection;
    }
}
