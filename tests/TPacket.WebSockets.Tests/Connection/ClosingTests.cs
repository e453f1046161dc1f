namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, sections 5.5.1 and 7: the closing handshake from either side.</summary>
public class ClosingTests : ConnectionTests
{
    [Theory]
    [InlineData("", "", CloseStatus.NoStatusReceived)]
    [InlineData("03 e8", "03e8", CloseStatus.NormalClosure)]
    [InlineData("0f a1 62 79 65", "0fa1", (CloseStatus)4001)]
    public void A_close_frame_is_answered_with_its_status_and_the_connection_released(string payload, string echo, CloseStatus status)
    {
        Open();
        Transport.Receive(ClientFrames.Close(Hex.Bytes(payload)));

        Assert.Equal([$"Close {echo}"], SentFrames);
        Assert.Equal((0, 1), (Transport.ShutdownCalls, Transport.CloseCalls));
        ExpectEnd(EndCause.ClosedByPeer, status);
    }

    [Fact]
    public void The_peers_reason_is_reported()
    {
        Open();
        Transport.Receive(ClientFrames.Close([0x03, 0xE8, .. "bye é"u8]));
        Assert.Equal("bye é", End().Reason);
    }

    [Fact]
    public void With_input_after_the_close_frame_only_the_sending_side_is_shut_down()
    {
        Open();
        Transport.Receive([.. ClientFrames.Close(0x03, 0xE8), .. ClientFrames.Binary(1)]);

        Assert.Equal(["Close 03e8"], SentFrames);
        Assert.Equal((1, 0), (Transport.ShutdownCalls, Transport.CloseCalls));
        Assert.Empty(Handler.Messages);
        Transport.EndInput();
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.ClosedByPeer, CloseStatus.NormalClosure);
    }

    [Fact]
    public void Queued_messages_are_written_before_the_close_frame_in_the_same_write()
    {
        Open();
        Handler.Echo();
        Transport.Receive([.. ClientFrames.Binary(1), .. ClientFrames.Ping(2), .. ClientFrames.Close(0x03, 0xE8)]);
        Assert.Equal(["Binary 01", "Pong 02", "Close 03e8"], ServerFrames.Decode(Assert.Single(Transport.Writes)));
    }

    [Fact]
    public void A_close_by_this_side_waits_for_the_peers_close_frame()
    {
        Open();
        Connection.Close((CloseStatus)4000, "done");

        Assert.Equal(["Close 0fa0646f6e65"], SentFrames);
        Assert.False(Connection.IsOpen);
        Assert.Equal((0, 0), (Transport.ShutdownCalls, Transport.CloseCalls));
        Transport.Receive(ClientFrames.Close(0x0F, 0xA0));
        Assert.Equal(["Close 0fa0646f6e65"], SentFrames);
        Assert.Equal(1, Transport.CloseCalls);
        Assert.Equal(new ConnectionEnd(EndCause.ClosedHere, (CloseStatus)4000, "done"), End());
    }

    [Fact]
    public void After_a_close_by_this_side_nothing_is_delivered_answered_or_sent()
    {
        Open();
        Connection.Close(CloseStatus.NormalClosure);

        Transport.Receive(ClientFrames.Binary(1), ClientFrames.Ping(1));

        Assert.False(Connection.Send(MessageType.Text, "x"u8));
        Assert.False(Connection.Send([1], [2]));
        Assert.Empty(Handler.Messages);
        Assert.Equal(["Close 03e8"], SentFrames);
    }

    [Fact]
    public void A_second_close_is_ignored()
    {
        Open();
        Connection.Close(CloseStatus.NormalClosure, "first");
        Connection.Close(CloseStatus.GoingAway, "second");
        Transport.Receive(ClientFrames.Close(0x03, 0xE8));
        Connection.Close(CloseStatus.GoingAway, "third");

        Assert.Single(SentFrames);
        Assert.Equal("first", End().Reason);
        Connection.Close(CloseStatus.GoingAway, "fourth");
        Assert.Equal(1, Transport.CloseCalls);
    }

    [Fact]
    public void A_handler_that_closes_receives_no_more_messages_of_the_same_input()
    {
        Open();
        Handler.Message = (_, _) =>
        {
            Connection.Send(MessageType.Text, "last"u8);
            Connection.Close(CloseStatus.NormalClosure);
            return default;
        };

        Transport.Receive([.. ClientFrames.Binary(1), .. ClientFrames.Binary(2)]);

        Assert.Equal(["Binary 01"], Handler.Messages);
        Assert.Equal(["Text 6c617374", "Close 03e8"], SentFrames);
    }

    [Fact]
    public void A_peer_that_does_not_answer_is_released_after_the_close_timeout()
    {
        Open();
        Connection.Close(CloseStatus.NormalClosure);
        AdvanceSeconds(4);
        Assert.Equal(0, Transport.CloseCalls);
        AdvanceSeconds(1);
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.ClosedHere, CloseStatus.NormalClosure);
    }

    [Fact]
    public void A_peer_that_ends_its_stream_instead_of_answering_is_released()
    {
        Open();
        Connection.Close(CloseStatus.NormalClosure);
        Transport.EndInput();
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.ClosedHere, CloseStatus.NormalClosure);
    }

    [Theory]
    [InlineData(999)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(2999)]
    [InlineData(5000)]
    public void A_status_that_must_not_be_sent_throws(int status)
    {
        Open();
        Assert.Throws<ArgumentOutOfRangeException>(() => Connection.Close((CloseStatus)status));
        Assert.True(Connection.IsOpen);
        Assert.Empty(Transport.Sent);
    }

    [Fact]
    public void A_reason_that_is_too_long_is_truncated()
    {
        Open();
        Connection.Close(CloseStatus.NormalClosure, new string('a', 200));
        Assert.Equal([$"Close 03e8{string.Concat(Enumerable.Repeat("61", 123))}"], SentFrames);
    }

    [Fact]
    public void An_abort_releases_at_once_without_a_close_frame()
    {
        Open();
        Connection.Abort();
        Assert.Empty(Transport.Sent);
        // No reset: no data was dropped, so data in the system's buffer may still arrive.
        Assert.Equal((1, 0), (Transport.CloseCalls, Transport.AbortCalls));
        Assert.False(Connection.IsOpen);
        Assert.False(Connection.Send(MessageType.Text, "x"u8));
        ExpectEnd(EndCause.Aborted);
    }

    [Fact]
    public void A_handler_that_aborts_receives_no_more_messages_of_the_same_input()
    {
        Open();
        Handler.Message = (_, _) =>
        {
            Connection.Abort();
            return default;
        };

        Transport.Receive([.. ClientFrames.Binary(1), .. ClientFrames.Binary(2)]);

        Assert.Equal(["Binary 01"], Handler.Messages);
    }

    [Fact]
    public void An_abort_drops_the_backlog()
    {
        Open();
        Transport.Room = 1;
        Connection.Send(MessageType.Text, "abc"u8);
        Connection.Abort();
        Transport.Drain();
        Assert.Equal([0x81], Transport.Sent);
        // A reset: the peer must not take a truncated stream for a complete one.
        Assert.Equal(1, Transport.AbortCalls);
        ExpectEnd(EndCause.Aborted);
    }

    [Fact]
    public void A_close_frame_is_sent_after_the_backlog()
    {
        Open();
        Transport.Room = 3;
        Connection.Send(MessageType.Text, "abc"u8);
        Connection.Close(CloseStatus.NormalClosure);
        Transport.Receive(ClientFrames.Close(0x03, 0xE8));
        Assert.Equal(0, Transport.CloseCalls);

        Transport.Drain();

        Assert.Equal(["Text 616263", "Close 03e8"], SentFrames);
        Assert.Equal(1, Transport.CloseCalls);
    }
}
