using System.Buffers;
using TPacket.Transports.Buffers;
using TPacket.WebSockets.Connection;

namespace TPacket.WebSockets.Tests;

/// <summary>A full socket: the backlog is written completely and in order, and control frames are inserted between frames only.</summary>
public class BacklogTests : ConnectionTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4096)]
    public void The_stream_is_complete_wherever_the_socket_fills_up(int takenByWait)
    {
        byte[] head = [.. Enumerable.Range(0, 700).Select(static i => (byte)i)];
        for (var step = 1; step <= 40; step++)
        {
            var transport = new ScriptedTransport { TakenByWait = takenByWait };
            var handler = new ScriptedHandler();
            var connection = WebSocketConnection.Accept(transport, handler, WebSocketOptions.Default, Heartbeat);
            transport.Receive(Requests.Bytes(Requests.Plain));
            transport.ClearSent();
            var expected = new List<string>();
            for (var i = 0; i < 20; i++)
            {
                transport.Drain(step);
                byte[] payload = i % 7 == 0 ? head : [(byte)i, .. head.AsSpan(0, i)];
                Assert.True(connection.Send(MessageType.Binary, payload));
                expected.Add($"Binary {Hex.Of(payload)}");
            }

            while (transport.WaitsForWritable)
                transport.Drain(step * 17);

            Assert.Equal(expected, ServerFrames.Decode(transport.Sent));
            Assert.Empty(transport.Misuse);
            transport.End(new IOException());
        }
    }

    [Fact]
    public void Writes_go_to_the_socket_directly_again_after_the_backlog_was_sent()
    {
        Open();
        Transport.Room = 0;
        Connection.Send(MessageType.Text, "a"u8);
        Assert.Empty(Transport.Sent);
        Transport.Drain();
        Connection.Send(MessageType.Text, "b"u8);
        Assert.Equal(["Text 61", "Text 62"], SentFrames);
        Assert.False(Transport.WaitsForWritable);
    }

    [Fact]
    public void An_unexpected_writable_signal_has_no_effect()
    {
        Open();
        Transport.Room = 2;
        Connection.Send(MessageType.Text, "a"u8);
        Transport.Drain(0);
        Transport.Drain(0);
        Assert.Equal([0x81, 0x01], Transport.Sent);
        Transport.Drain();
        Assert.Equal(["Text 61"], SentFrames);
    }

    [Fact]
    public void A_pong_is_sent_before_the_backlog_but_after_a_partly_sent_frame()
    {
        for (var room = 0; room <= 5; room++)
        {
            var transport = new ScriptedTransport();
            var handler = new ScriptedHandler();
            var connection = WebSocketConnection.Accept(transport, handler, WebSocketOptions.Default, Heartbeat);
            transport.Receive(Requests.Bytes(Requests.Plain));
            transport.ClearSent();
            transport.Room = room;
            connection.Send(MessageType.Text, "aaa"u8);
            connection.Send(MessageType.Text, "bbb"u8);
            connection.Send(MessageType.Text, "ccc"u8);

            transport.Receive(ClientFrames.Ping(1));
            while (transport.WaitsForWritable)
                transport.Drain(1);

            // Five bytes are the first frame: the socket is full at the second one.
            string[] expected = room == 0
                ? ["Pong 01", "Text 616161", "Text 626262", "Text 636363"]
                : ["Text 616161", "Pong 01", "Text 626262", "Text 636363"];
            Assert.Equal(expected, ServerFrames.Decode(transport.Sent));
            transport.End(new IOException());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5_000)]
    public void A_pong_waits_for_the_end_of_a_partly_sent_message_in_many_buffers(int room)
    {
        Open();
        Transport.Room = room;
        var payload = new byte[200_000];
        new Random(1).NextBytes(payload);
        Connection.Send(MessageType.Binary, payload);
        Connection.Send(MessageType.Text, "end"u8);
        Transport.Receive(ClientFrames.Ping(1));
        while (Transport.WaitsForWritable)
            Transport.Drain(7_777);

        string[] expected = room == 0
            ? ["Pong 01", $"Binary {Hex.Of(payload)}", "Text 656e64"]
            : [$"Binary {Hex.Of(payload)}", "Pong 01", "Text 656e64"];
        Assert.Equal(expected, SentFrames);
    }

    [Fact]
    public void A_backlog_uses_hardly_more_memory_than_it_has_bytes()
    {
        Open(WebSocketOptions.Default with { OutboundQueueBytes = 1 << 20 });
        var before = BufferPool.Outstanding;
        Transport.Room = 0;
        for (var i = 0; i < 1_000; i++)
            Assert.True(Connection.Send(MessageType.Binary, new byte[1_000]));
        // A megabyte in buffers of 32 KiB; only the first ones are shorter.
        Assert.InRange(BufferPool.Outstanding - before, 1_004_000 / SegmentQueue.LongestSegment, (1_004_000 / SegmentQueue.LongestSegment) + 4);
        Assert.InRange(LongestWrite(), 1, SegmentQueue.LongestSegment);
    }

    [Fact]
    public void A_backlog_may_have_more_bytes_than_an_int_can_count()
    {
        // Twice the maximum queue of a host's options, in the memory of one buffer.
        const long Most = 2L << 30;
        const int Step = SegmentQueue.LongestSegment;
        var pool = new OneArrayPool(Step);
        var backlog = new Backlog(pool);
        var piece = new byte[16 << 20];
        for (var appended = 0L; appended < Most; appended += piece.Length)
            backlog.Append(piece, messages: 1, counted: true);
        backlog.Append([1, 2, 3], messages: 1, counted: true);
        Assert.InRange(pool.Rented, Most / Step, (Most / Step) + 4);

        var (paidBytes, paidMessages) = (0L, 0L);
        while (!backlog.IsEmpty)
        {
            Assert.InRange(backlog.Next.Length, 1, Step);
            backlog.Advance(backlog.Next.Length, out var bytes, out var messages);
            paidBytes += bytes;
            paidMessages += messages;
        }

        backlog.Release();
        Assert.Equal((Most + 3, (Most / piece.Length) + 1), (paidBytes, paidMessages));
        Assert.Equal(0, pool.Rented);
    }

    private int LongestWrite()
    {
        Transport.ClearSent();
        Transport.Drain();
        return Transport.Writes.Max(static write => write.Length);
    }

    [Fact]
    public void The_last_of_several_pings_is_answered_when_the_socket_is_full()
    {
        Open();
        Transport.Room = 1;
        Connection.Send(MessageType.Text, "a"u8);
        Transport.Receive(ClientFrames.Ping(1), ClientFrames.Ping(2, 2), ClientFrames.Ping(3));
        Transport.Drain();
        Assert.Equal(["Text 61", "Pong 03"], SentFrames);
    }

    [Fact]
    public void A_ping_that_arrives_while_a_pong_is_partly_sent_is_answered_after_it()
    {
        for (var room = 1; room <= 3; room++)
        {
            var transport = new ScriptedTransport();
            var handler = new ScriptedHandler();
            var connection = WebSocketConnection.Accept(transport, handler, WebSocketOptions.Default, Heartbeat);
            transport.Receive(Requests.Bytes(Requests.Plain));
            transport.ClearSent();
            transport.Room = 0;
            connection.Send(MessageType.Text, "a"u8);
            transport.Receive(ClientFrames.Ping(1, 1));
            transport.Drain(room);

            transport.Receive(ClientFrames.Ping(2));
            transport.Receive(ClientFrames.Ping(3));
            transport.Drain();

            Assert.Equal(["Pong 0101", "Pong 03", "Text 61"], ServerFrames.Decode(transport.Sent));
            transport.End(new IOException());
        }
    }

    [Fact]
    public void A_ping_does_not_replace_a_waiting_pong()
    {
        Open();
        Transport.Room = 1;
        Connection.Send(MessageType.Text, "a"u8);
        Transport.Receive(ClientFrames.Ping(1));
        AdvanceSeconds(30);

        Transport.Drain();

        Assert.Equal(["Text 61", "Pong 01", "Ping "], SentFrames);
    }

    [Fact]
    public void A_pong_does_not_replace_a_waiting_ping()
    {
        Open();
        Transport.Room = 1;
        Connection.Send(MessageType.Text, "a"u8);
        AdvanceSeconds(30);
        Transport.Receive(ClientFrames.Ping(1));

        Transport.Drain();

        Assert.Equal("Text 61", SentFrames[0]);
        Assert.Equal(["Ping ", "Pong 01"], SentFrames[1..].Order());
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(100_000)]
    public void Pongs_to_a_batch_of_pings_do_not_accumulate(int room)
    {
        Open(WebSocketOptions.Default with { ControlFramesPerSecond = 0 });
        var before = BufferPool.Outstanding;
        var pings = Hex.Join([.. Enumerable.Repeat(ClientFrames.Ping(new byte[100]), 600)]);
        Transport.Room = room;

        InBatch(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                Transport.Receive(pings);
                Assert.InRange(BufferPool.Outstanding - before, 0, 20);
            }
        });

        Transport.Drain();
        Assert.Equal(["Pong " + Hex.Of(new byte[100])], SentFrames.Distinct());
    }

    [Fact]
    public void A_close_frame_is_sent_after_a_waiting_pong()
    {
        Open();
        Transport.Room = 1;
        Connection.Send(MessageType.Text, "a"u8);
        Transport.Receive([.. ClientFrames.Ping(1), .. ClientFrames.Close(0x03, 0xE8)]);

        Transport.Drain();

        Assert.Equal(["Text 61", "Pong 01", "Close 03e8"], SentFrames);
        Assert.Equal(1, Transport.CloseCalls);
    }

    /// <summary>A pool that returns the same array for every rent, for a test that only counts bytes.</summary>
    private sealed class OneArrayPool(int length) : ArrayPool<byte>
    {
        private readonly byte[] _array = new byte[length];

        /// <summary>Number of rents that were not returned.</summary>
        public long Rented { get; private set; }

        public override byte[] Rent(int minimumLength)
        {
            Assert.InRange(minimumLength, 1, _array.Length);
            Rented++;
            return _array;
        }

        public override void Return(byte[] array, bool clearArray = false)
        {
            Assert.Same(_array, array);
            Rented--;
        }
    }
}
