using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Tests;

/// <summary>A peer that reads too slowly: the bounds of the queue, and both policies.</summary>
public class SlowConsumerTests : ConnectionTests
{
    private const string TooSlow = "Close 03f5726561647320746f6f20736c6f776c79";

    // A frame of 10 bytes.
    private static readonly byte[] _eight = new byte[8];

    [Fact]
    public void Bytes_are_bounded_to_the_byte()
    {
        OpenFull(WebSocketOptions.Default with { OutboundQueueBytes = 50 });
        for (var i = 0; i < 5; i++)
            Assert.True(Connection.Send(MessageType.Binary, _eight));
        Assert.True(Connection.IsOpen);

        Assert.False(Connection.Send(MessageType.Binary, []));

        Assert.False(Connection.IsOpen);
    }

    [Fact]
    public void Messages_are_bounded_to_the_message()
    {
        OpenFull(WebSocketOptions.Default with { OutboundQueueMessages = 3 });
        for (var i = 0; i < 3; i++)
            Assert.True(Connection.Send(MessageType.Binary, []));
        Assert.False(Connection.Send(MessageType.Binary, []));
        Assert.False(Connection.IsOpen);
    }

    [Fact]
    public void Shared_frames_count_with_all_their_messages()
    {
        OpenFull(WebSocketOptions.Default with { OutboundQueueMessages = 3 });
        var frames = FrameBuffer.Rent();
        var length = frames.Append([], [1]) + frames.Append([], [2]);
        Assert.True(Connection.Send(frames, 0, length, 2));
        Assert.False(Connection.Send(frames, 0, length, 2));
        frames.Release();
    }

    [Fact]
    public void Disconnect_sends_the_queued_messages_and_a_close_frame()
    {
        OpenFull(WebSocketOptions.Default with { OutboundQueueMessages = 2 });
        Connection.Send(MessageType.Binary, [1]);
        Connection.Send(MessageType.Binary, [2]);
        Assert.False(Connection.Send(MessageType.Binary, [3]));
        Assert.Equal((0, 0), (Transport.ShutdownCalls, Transport.CloseCalls));

        Transport.Drain();

        Assert.Equal(["Binary 01", "Binary 02", TooSlow], SentFrames);
        Assert.Equal((1, 0), (Transport.ShutdownCalls, Transport.CloseCalls));
        Transport.EndInput();
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.SlowConsumer, CloseStatus.TryAgainLater);
    }

    [Fact]
    public void Disconnect_waits_for_the_peer_no_longer_than_the_close_timeout()
    {
        OpenFull(WebSocketOptions.Default with { OutboundQueueMessages = 0 });
        Connection.Send(MessageType.Binary, [1]);
        Connection.Send(MessageType.Binary, [2]);
        AdvanceSeconds(4);
        Assert.Equal(0, Transport.CloseCalls);
        AdvanceSeconds(1);
        Assert.Equal(1, Transport.CloseCalls);
        // A reset: the system would keep its data for minutes.
        Assert.Equal(1, Transport.AbortCalls);
        ExpectEnd(EndCause.SlowConsumer, CloseStatus.TryAgainLater);
    }

    [Fact]
    public void Abort_drops_the_queued_messages_and_resets_at_once()
    {
        OpenFull(WebSocketOptions.Default with { OutboundQueueMessages = 1, SlowConsumerPolicy = SlowConsumerPolicy.Abort });
        Connection.Send(MessageType.Binary, [1]);
        Assert.False(Connection.Send(MessageType.Binary, [2]));

        Assert.Equal((1, 1), (Transport.CloseCalls, Transport.AbortCalls));
        Transport.Drain();
        Assert.Empty(Transport.Sent);
        ExpectEnd(EndCause.SlowConsumer);
    }

    [Theory]
    [InlineData(SlowConsumerPolicy.Disconnect)]
    [InlineData(SlowConsumerPolicy.Abort)]
    public void After_an_overflow_nothing_more_is_accepted(SlowConsumerPolicy policy)
    {
        OpenFull(WebSocketOptions.Default with { OutboundQueueBytes = 10, SlowConsumerPolicy = policy });
        Assert.True(Connection.Send(MessageType.Binary, _eight));
        Assert.False(Connection.Send(MessageType.Binary, _eight));
        var frames = FrameBuffer.Rent();
        var length = frames.Append([], [1]);

        // Not even messages that would fit, or that do not count.
        Assert.False(Connection.Send(MessageType.Binary, []));
        Transport.Drain(4);
        Assert.False(Connection.Send(frames, 0, length, 1, counted: false));
        Assert.False(Connection.Send(frames, 0, length, 1));
        Assert.False(Connection.Send([1], []));
        Transport.Receive(ClientFrames.Ping(1));
        Transport.Drain();

        Assert.Equal(policy == SlowConsumerPolicy.Disconnect ? ["Binary 0000000000000000", TooSlow] : [], SentFrames);
        frames.Release();
    }

    [Fact]
    public void Uncounted_frames_are_accepted_beyond_the_bounds_and_do_not_change_them()
    {
        OpenFull(WebSocketOptions.Default with { OutboundQueueBytes = 20, OutboundQueueMessages = 2 });
        var history = FrameBuffer.Rent();
        for (var i = 0; i < 100; i++)
            history.Append([], _eight);
        Assert.True(Connection.Send(history, 0, history.Length, 100, counted: false));
        history.Release();

        Assert.True(Connection.Send(MessageType.Binary, _eight));
        Assert.True(Connection.Send(MessageType.Binary, _eight));
        Assert.False(Connection.Send(MessageType.Binary, _eight));

        Transport.Drain();
        Assert.Equal([.. Enumerable.Repeat("Binary 0000000000000000", 102), TooSlow], SentFrames);
    }

    [Fact]
    public void Further_uncounted_frames_count_while_the_first_ones_wait()
    {
        OpenFull(WebSocketOptions.Default with { OutboundQueueBytes = 20, OutboundQueueMessages = 2 });
        var history = FrameBuffer.Rent();
        for (var i = 0; i < 100; i++)
            history.Append([], _eight);
        Assert.True(Connection.Send(history, 0, history.Length, 100, counted: false));
        Assert.False(Connection.Send(history, 0, history.Length, 100, counted: false));
        history.Release();

        Transport.Drain();
        Assert.Equal([.. Enumerable.Repeat("Binary 0000000000000000", 100), TooSlow], SentFrames);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Sent_bytes_free_room_at_the_end_of_their_frame(int takenByWait)
    {
        OpenFull(WebSocketOptions.Default with { OutboundQueueBytes = 20 });
        Transport.TakenByWait = takenByWait;
        Connection.Send(MessageType.Binary, _eight);
        Connection.Send(MessageType.Binary, _eight);
        Transport.Drain(10);
        Assert.True(Connection.Send(MessageType.Binary, _eight));
        Transport.Drain();
        Assert.True(Connection.Send(MessageType.Binary, _eight));
        Assert.Equal(Enumerable.Repeat("Binary 0000000000000000", 4), SentFrames);
        Assert.True(Connection.IsOpen);
    }

    [Fact]
    public void The_bounds_hold_over_many_rounds_of_filling_and_draining()
    {
        OpenFull(WebSocketOptions.Default with { OutboundQueueBytes = 100, OutboundQueueMessages = 10 });
        for (var round = 0; round < 50; round++)
        {
            for (var i = 0; i < 10; i++)
                Assert.True(Connection.Send(MessageType.Binary, _eight));
            while (Transport.WaitsForWritable)
                Transport.Drain(7);
            Transport.Room = round % 10;
        }

        Assert.Equal(500, SentFrames.Length);
        Transport.Room = 0;
        for (var i = 0; i < 10; i++)
            Assert.True(Connection.Send(MessageType.Binary, _eight));
        Assert.False(Connection.Send(MessageType.Binary, _eight));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pongs_between_messages_do_not_change_the_bounds(bool pongFirst)
    {
        Open(WebSocketOptions.Default with { OutboundQueueBytes = 30, OutboundQueueMessages = 3 });
        Handler.Echo();
        var ping = ClientFrames.Ping(1);
        var message = ClientFrames.Binary(_eight);
        for (var round = 0; round < 20; round++)
            Transport.Receive(pongFirst ? [.. ping, .. message] : [.. message, .. ping]);
        Assert.Equal(40, SentFrames.Length);
        Transport.ClearSent();
        Transport.Room = 0;
        Transport.Receive(pongFirst ? [.. ping, .. message] : [.. message, .. ping]);

        Assert.True(Connection.Send(MessageType.Binary, _eight));
        Assert.True(Connection.Send(MessageType.Binary, _eight));
        Assert.False(Connection.Send(MessageType.Binary, []));
    }

    [Fact]
    public void Messages_that_wait_for_the_end_of_the_batch_do_not_overflow_the_queue_of_a_reading_peer()
    {
        Open(WebSocketOptions.Default with { OutboundQueueBytes = 50, OutboundQueueMessages = 4 });
        Handler.Message = (_, _) =>
        {
            for (var i = 0; i < 100; i++)
                Assert.True(Connection.Send(MessageType.Binary, _eight));
            return default;
        };

        Transport.Receive(ClientFrames.Binary(1));

        Assert.Equal(100, SentFrames.Length);
        Assert.True(Connection.IsOpen);
    }

    [Fact]
    public void A_message_longer_than_the_bound_is_accepted_while_nothing_waits()
    {
        Open(WebSocketOptions.Default with { OutboundQueueBytes = 10 });
        Assert.True(Connection.Send(MessageType.Binary, new byte[100]));
        Assert.True(Connection.Send(MessageType.Binary, new byte[100]));
        Assert.Equal(2, SentFrames.Length);
        Transport.Room = 5;
        Assert.True(Connection.Send(MessageType.Binary, new byte[100]));
        Assert.False(Connection.Send(MessageType.Binary, []));
    }

    [Fact]
    public void A_handler_that_overflows_its_own_queue_within_a_batch_receives_no_more_messages()
    {
        Open(WebSocketOptions.Default with { OutboundQueueMessages = 1 });
        Transport.Room = 0;
        Handler.Message = (_, _) =>
        {
            Connection.Send(MessageType.Binary, [1]);
            Connection.Send(MessageType.Binary, [2]);
            return default;
        };

        Transport.Receive([.. ClientFrames.Binary(7), .. ClientFrames.Binary(8)]);

        Assert.Equal(["Binary 07"], Handler.Messages);
        Transport.Drain();
        Assert.Equal(["Binary 01", TooSlow], SentFrames);
    }

    /// <summary>Opens a connection with a socket that accepts nothing, and fills it.</summary>
    private void OpenFull(WebSocketOptions options)
    {
        Open(options);
        Transport.Room = 0;
    }
}
