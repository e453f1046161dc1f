namespace TPacket.WebSockets.Tests;

/// <summary>Ends without a closing handshake: violations, failing handlers, broken transports (RFC 6455, sections 7.1.7 and 7.2).</summary>
public class EndingTests : ConnectionTests
{
    private const string NotMasked = "Close 03ea6672616d65206e6f74206d61736b6564";
    private const string InternalError = "Close 03f3696e7465726e616c206572726f72";

    [Fact]
    public void An_exception_from_OnClosed_does_not_escape()
    {
        Handler.Closed = static () => throw new InvalidOperationException();
        Open();
        ExpectEnd(EndCause.TransportFailed, error: new IOException());
    }

    [Fact]
    public void A_violation_is_answered_and_the_connection_released_at_the_end_of_the_peers_stream()
    {
        Open();
        Handler.Echo();
        Transport.Receive([.. ClientFrames.Binary(1), 0x82, 0x01, 0x01, .. ClientFrames.Binary(2)]);

        Assert.Equal(["Binary 01", NotMasked], SentFrames);
        Assert.Equal((1, 0), (Transport.ShutdownCalls, Transport.CloseCalls));
        Transport.Receive(ClientFrames.Binary(3), ClientFrames.Close(0x03, 0xE8));
        Assert.Equal(["Binary 01"], Handler.Messages);
        Assert.Equal(2, SentFrames.Length);
        Transport.EndInput();
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.Violation, CloseStatus.ProtocolError);
    }

    [Theory]
    [InlineData("81 81 00 00 00 00 ff", CloseStatus.InvalidPayloadData)]
    [InlineData("82 ff 00 00 00 00 00 01 00 01 00 00 00 00", CloseStatus.MessageTooBig)]
    [InlineData("c2", CloseStatus.ProtocolError)]
    [InlineData("88 82 00 00 00 00 03 ed", CloseStatus.ProtocolError)]
    public void Each_violation_is_answered_with_its_status(string hex, CloseStatus status)
    {
        Open();
        Transport.Receive(Hex.Bytes(hex));
        Assert.StartsWith($"Close {(int)status:x4}", Assert.Single(SentFrames), StringComparison.Ordinal);
        Transport.EndInput();
        ExpectEnd(EndCause.Violation, status);
    }

    [Fact]
    public void A_peer_that_sends_nothing_after_its_violation_is_released_after_the_close_timeout()
    {
        Open();
        Transport.Receive([0xC2]);
        AdvanceSeconds(4);
        Assert.Equal(0, Transport.CloseCalls);
        AdvanceSeconds(1);
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.Violation, CloseStatus.ProtocolError);
    }

    [Fact]
    public void A_violation_after_a_close_by_this_side_sends_no_second_close_frame()
    {
        Open();
        Connection.Close(CloseStatus.NormalClosure);
        Transport.Receive([0xC2]);
        Assert.Equal(["Close 03e8"], SentFrames);
        Transport.EndInput();
        ExpectEnd(EndCause.ClosedHere, CloseStatus.NormalClosure);
    }

    [Fact]
    public void A_handler_that_throws_closes_with_1011()
    {
        Open();
        Handler.Message = (_, _) => throw new InvalidOperationException();

        Transport.Receive([.. ClientFrames.Binary(1), .. ClientFrames.Binary(2)]);

        Assert.Equal(["Binary 01"], Handler.Messages);
        Assert.Equal([InternalError], SentFrames);
        Assert.False(Transport.Paused);
        Transport.EndInput();
        ExpectEnd(EndCause.ClosedHere, CloseStatus.InternalError);
    }

    [Fact]
    public void A_handler_task_that_fails_later_closes_with_1011()
    {
        Open();
        var pending = new TaskCompletionSource();
        Handler.Message = (_, _) => new(pending.Task);
        Transport.Receive([.. ClientFrames.Binary(1), .. ClientFrames.Binary(2)]);
        Assert.Empty(Transport.Sent);

        Complete(() => pending.SetException(new InvalidOperationException()));

        Assert.Equal([InternalError], SentFrames);
        Assert.Equal(["Binary 01"], Handler.Messages);
        Assert.False(Transport.Paused);
        Transport.EndInput();
        ExpectEnd(EndCause.ClosedHere, CloseStatus.InternalError);
    }

    [Fact]
    public void A_cancelled_handler_task_closes_with_1011()
    {
        Open();
        Handler.Message = (_, _) => ValueTask.FromCanceled(new CancellationToken(canceled: true));
        Transport.Receive(ClientFrames.Binary(1));
        Assert.Equal([InternalError], SentFrames);
    }

    [Fact]
    public void An_exception_from_OnTick_closes_only_its_own_connection_with_1011()
    {
        Open();
        Handler.Ticked = () => throw new InvalidOperationException();
        var neighbour = new ScriptedTransport();
        var ticks = 0;
        WebSocketConnection.Accept(neighbour, new ScriptedHandler { Ticked = () => ticks++ }, WebSocketOptions.Default, Heartbeat);

        AdvanceSeconds(2);

        Assert.Equal([InternalError], SentFrames);
        Assert.Equal(2, ticks);
        AdvanceSeconds(4);
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.ClosedHere, CloseStatus.InternalError);
        neighbour.End(new IOException());
    }

    [Fact]
    public void An_exception_from_OnTick_during_the_handshake_is_answered_with_500()
    {
        Accept();
        Handler.Ticked = () => throw new InvalidOperationException();
        AdvanceSeconds(1);
        Assert.StartsWith("HTTP/1.1 500 ", SentText, StringComparison.Ordinal);
        Transport.EndInput();
        ExpectEnd(EndCause.HandshakeRefused);
    }

    [Fact]
    public void A_peer_that_ends_its_stream_without_a_close_frame_is_released()
    {
        Open();
        Transport.EndInput();
        Assert.Empty(Transport.Sent);
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.EndOfStream);
    }

    [Fact]
    public void A_peer_that_ends_its_stream_still_receives_the_queued_messages()
    {
        Open();
        Transport.Room = 3;
        Connection.Send(MessageType.Text, "abc"u8);
        Transport.EndInput();
        Assert.Equal(0, Transport.CloseCalls);
        Transport.Drain();
        Assert.Equal(["Text 616263"], SentFrames);
        Assert.Equal(1, Transport.CloseCalls);
    }

    [Fact]
    public void A_half_closed_peer_that_does_not_read_is_released_after_the_close_timeout()
    {
        Open();
        Transport.Room = 3;
        Connection.Send(MessageType.Text, "abc"u8);
        Transport.EndInput();
        AdvanceSeconds(4);
        Assert.Equal(0, Transport.CloseCalls);
        AdvanceSeconds(1);
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.EndOfStream);
    }

    [Fact]
    public void A_transport_failure_is_reported_with_its_error()
    {
        Open();
        Transport.Receive(ClientFrames.Frame(0x02, [1, 2], [1, 2, 3, 4]), [0x89, 0x82, 0, 0, 0, 0, 1]);
        var end = End(new IOException("reset"));
        Assert.Equal(new ConnectionEnd(EndCause.TransportFailed, CloseStatus.AbnormalClosure, "reset"), end);
        Assert.False(Connection.IsOpen);
        Assert.False(Connection.Send(MessageType.Text, "x"u8));
    }

    [Fact]
    public void A_send_to_a_closed_transport_ends_the_connection_with_TransportFailed()
    {
        Open();
        Transport.SendFails = true;
        Connection.Send(MessageType.Text, "x"u8);
        Assert.False(Connection.Send(MessageType.Text, "y"u8));
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.TransportFailed);
    }

    [Fact]
    public void A_backlog_on_a_closed_transport_ends_the_connection_with_TransportFailed()
    {
        Open();
        Transport.Room = 1;
        Connection.Send(MessageType.Text, "x"u8);
        Transport.SendFails = true;
        Transport.Drain();
        Assert.False(Connection.Send(MessageType.Text, "y"u8));
        ExpectEnd(EndCause.TransportFailed);
    }

    [Fact]
    public void Buffers_are_returned_when_a_handler_completes_after_the_end()
    {
        Open();
        var pending = new TaskCompletionSource();
        Handler.Message = (_, _) => new(pending.Task);
        Transport.Receive([.. ClientFrames.Binary(1), .. ClientFrames.Binary(2)]);
        End(new IOException("reset"));

        Complete(pending.SetResult);

        Assert.Equal(["Binary 01"], Handler.Messages);
        Assert.Empty(Transport.Sent);
    }
}
