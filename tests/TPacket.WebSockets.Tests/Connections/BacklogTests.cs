using System.Buffers;
using TPacket.Transports;
using TPacket.WebSockets.Connection;

namespace TPacket.WebSockets.Tests;

/// <summary>A full socket: what is owed leaves whole and in order, and control frames step in between two frames only.</summary>
public class BacklogTests : ConnectionTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4096)]
    public void The_stream_has_no_hole_wherever_the_socket_fills_up(int takenByWait)
    {
        byte[] head = [.. Enumerable.Range(0, 700).Select(static i => (byte)i)];
        for (var step = 1; step <= 40; step++)
        {
            var transport = new ScriptedTransport { TakenByWait = takenByWait };
            var handler = new ScriptedHandler();
            var connection = WebSocketConnection.Accept(transport, handler, WebSocketOptions.Default, Heartbeat);
            transport.Receive(Requests.Bytes(Requests.Plain));
            transport.ForgetSent();
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
    public void Once_the_socket_has_taken_everything_writes_go_there_directly_again()
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
    public void A_writable_signal_that_nobody_waits_for_is_harmless()
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
    public void A_pong_overtakes_the_backlog_behind_the_frame_that_is_under_way()
    {
        for (var room = 0; room <= 5; room++)
        {
            var transport = new ScriptedTransport();
            var handler = new ScriptedHandler();
            var connection = WebSocketConnection.Accept(transport, handler, WebSocketOptions.Default, Heartbeat);
            transport.Receive(Requests.Bytes(Requests.Plain));
            transport.ForgetSent();
            transport.Room = room;
            connection.Send(MessageType.Text, "aaa"u8);
            connection.Send(MessageType.Text, "bbb"u8);
            connection.Send(MessageType.Text, "ccc"u8);

            transport.Receive(ClientFrames.Ping(1));
            while (transport.WaitsForWritable)
                transport.Drain(1);

            // Five bytes are the whole first frame: the socket is found full with the second.
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
    public void A_pong_waits_for_the_end_of_a_long_message_that_lies_in_many_buffers(int room)
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
    public void What_waits_is_held_in_hardly_more_memory_than_it_has_bytes()
    {
        Open(WebSocketOptions.Default with { OutboundQueueBytes = 1 << 20 });
        var before = BufferPool.Outstanding;
        Transport.Room = 0;
        for (var i = 0; i < 1_000; i++)
            Assert.True(Connection.Send(MessageType.Binary, new byte[1_000]));
        // A megabyte in buffers of 32 KiB, but for the first ones.
        Assert.InRange(BufferPool.Outstanding - before, 1_004_000 / SegmentQueue.LongestSegment, (1_004_000 / SegmentQueue.LongestSegment) + 4);
        Assert.InRange(LongestWrite(), 1, SegmentQueue.LongestSegment);
    }

    [Fact]
    public void More_bytes_may_wait_than_an_int_counts()
    {
        // Twice the largest queue that a host may configure, in the memory of one buffer.
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
        Transport.ForgetSent();
        Transport.Drain();
        return Transport.Writes.Max(static write => write.Length);
    }

    [Fact]
    public void Of_several_pings_that_wait_the_last_one_is_answered()
    {
        Open();
        Transport.Room = 1;
        Connection.Send(MessageType.Text, "a"u8);
        Transport.Receive(ClientFrames.Ping(1), ClientFrames.Ping(2, 2), ClientFrames.Ping(3));
        Transport.Drain();
        Assert.Equal(["Text 61", "Pong 03"], SentFrames);
    }

    [Fact]
    public void A_ping_that_arrives_while_a_pong_is_under_way_is_answered_after_it()
    {
        for (var room = 1; room <= 3; room++)
        {
            var transport = new ScriptedTransport();
            var handler = new ScriptedHandler();
            var connection = WebSocketConnection.Accept(transport, handler, WebSocketOptions.Default, Heartbeat);
            transport.Receive(Requests.Bytes(Requests.Plain));
            transport.ForgetSent();
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
    public void A_ping_of_our_own_does_not_take_the_place_of_a_pong_that_is_owed()
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
    public void A_pong_does_not_take_the_place_of_a_ping_of_our_own()
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
    public void A_batch_of_nothing_but_pings_does_not_make_their_pongs_pile_up(int room)
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
    public void A_close_frame_waits_for_the_pong_that_is_owed()
    {
        Open();
        Transport.Room = 1;
        Connection.Send(MessageType.Text, "a"u8);
        Transport.Receive([.. ClientFrames.Ping(1), .. ClientFrames.Close(0x03, 0xE8)]);

        Transport.Drain();

        Assert.Equal(["Text 61", "Pong 01", "Close 03e8"], SentFrames);
        Assert.Equal(1, Transport.CloseCalls);
    }

    /// <summary>Hands out the same memory again and again, for what is only counted.</summary>
    private sealed class OneArrayPool(int length) : ArrayPool<byte>
    {
        private readonly byte[] _array = new byte[length];

        /// <summary>How often it was rented and not returned.</summary>
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
