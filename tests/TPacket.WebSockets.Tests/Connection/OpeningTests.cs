using System.Text;

namespace TPacket.WebSockets.Tests;

/// <summary>A server's opening handshake (RFC 6455, section 4.2).</summary>
public class OpeningTests : ConnectionTests
{
    [Fact]
    public void A_request_is_accepted_at_every_split()
    {
        foreach (var pieces in Splits.Of(Requests.Bytes(Requests.Plain)))
        {
            var transport = new ScriptedTransport();
            var handler = new ScriptedHandler();
            var connection = WebSocketConnection.Accept(transport, handler, WebSocketOptions.Default, Heartbeat);
            Assert.False(connection.IsOpen);

            foreach (var piece in pieces)
                transport.Receive(piece);

            Assert.Equal(Requests.Accepted, Encoding.ASCII.GetString(transport.Sent));
            Assert.True(connection.IsOpen);
            Assert.Equal(1, handler.Opened);
            Assert.Same(connection, handler.Connection);
            transport.End(new IOException());
            Assert.Single(handler.Ends);
        }
    }

    [Fact]
    public void Frames_directly_after_the_request_are_read_at_every_split()
    {
        byte[] input = [.. Requests.Bytes(Requests.Plain), .. ClientFrames.Binary(1, 2), .. ClientFrames.Text("é")];
        foreach (var pieces in Splits.Of(input))
        {
            var transport = new ScriptedTransport();
            var handler = new ScriptedHandler();
            handler.Connection = WebSocketConnection.Accept(transport, handler, WebSocketOptions.Default, Heartbeat);
            handler.Echo();

            foreach (var piece in pieces)
                transport.Receive(piece);

            Assert.Equal(Requests.Accepted, Encoding.ASCII.GetString(transport.Sent[..Requests.Accepted.Length]));
            Assert.Equal(["Binary 0102", "Text c3a9"], ServerFrames.Decode(transport.Sent[Requests.Accepted.Length..]));
            transport.End(new IOException());
        }
    }

    [Fact]
    public void Messages_sent_from_OnOpen_follow_the_head_in_the_same_write()
    {
        Accept();
        Handler.Open = () => Assert.True(Connection.Send(MessageType.Text, "hi"u8));

        Transport.Receive(Requests.Bytes(Requests.Plain));

        Assert.Equal(Requests.Accepted + "\u0081\u0002hi", Encoding.Latin1.GetString(Assert.Single(Transport.Writes)));
    }

    [Fact]
    public void The_response_names_the_chosen_subprotocol()
    {
        Accept();
        Handler.Upgrade = request => new(UpgradeDecision.Select(request, ["tpacket"]));

        Transport.Receive(Requests.Bytes(Requests.WithLines("Sec-WebSocket-Protocol: chat, tpacket")));

        Assert.Contains("\r\nSec-WebSocket-Protocol: tpacket\r\n", SentText, StringComparison.Ordinal);
        Assert.True(Connection.IsOpen);
    }

    [Fact]
    public void A_malformed_request_is_answered_and_drained()
    {
        Accept();

        Transport.Receive(Requests.Bytes(Requests.With("GET", "POST")), [1, 2, 3]);

        Assert.StartsWith("HTTP/1.1 405 Method Not Allowed\r\n", SentText, StringComparison.Ordinal);
        Assert.Equal((1, 0), (Transport.ShutdownCalls, Transport.CloseCalls));
        Transport.EndInput();
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.HandshakeRefused);
        Assert.Equal(0, Handler.Opened);
    }

    [Fact]
    public void OnUpgrade_can_reject_a_request()
    {
        Accept();
        Handler.Upgrade = _ => new(UpgradeDecision.Refuse(new HttpRefusal(403, "Not from there.")));

        Transport.Receive(Requests.Bytes(Requests.Plain), ClientFrames.Binary(1));

        Assert.StartsWith("HTTP/1.1 403 Forbidden\r\n", SentText, StringComparison.Ordinal);
        Assert.Empty(Handler.Messages);
        Assert.False(Connection.Send(MessageType.Text, "x"u8));
        Transport.EndInput();
        ExpectEnd(EndCause.HandshakeRefused);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_exception_from_OnUpgrade_is_answered_with_500(bool later)
    {
        Accept();
        Handler.Upgrade = _ => later ? ValueTask.FromException<UpgradeDecision>(new InvalidOperationException()) : throw new InvalidOperationException();

        Transport.Receive(Requests.Bytes(Requests.Plain));

        Assert.StartsWith("HTTP/1.1 500 Internal Server Error\r\n", SentText, StringComparison.Ordinal);
        Transport.EndInput();
        ExpectEnd(EndCause.HandshakeRefused);
    }

    [Fact]
    public void Input_after_the_request_waits_for_an_asynchronous_decision()
    {
        Accept();
        var decision = new TaskCompletionSource<UpgradeDecision>();
        Handler.Upgrade = _ => new(decision.Task);
        Handler.Echo();

        Transport.Receive([.. Requests.Bytes(Requests.Plain), .. ClientFrames.Binary(1), .. ClientFrames.Binary(2)]);
        Assert.True(Transport.Paused);
        Assert.Empty(Transport.Sent);
        Assert.Empty(Handler.Messages);
        Complete(() => decision.SetResult(UpgradeDecision.Accept));

        Assert.False(Transport.Paused);
        Assert.Equal(Requests.Accepted, SentText[..Requests.Accepted.Length]);
        Assert.Equal(["Binary 01", "Binary 02"], ServerFrames.Decode(Transport.Sent[Requests.Accepted.Length..]));
    }

    [Fact]
    public void An_asynchronous_rejection_drops_the_input_after_the_request()
    {
        Accept();
        var decision = new TaskCompletionSource<UpgradeDecision>();
        Handler.Upgrade = _ => new(decision.Task);

        Transport.Receive([.. Requests.Bytes(Requests.Plain), .. ClientFrames.Binary(1)]);
        Complete(() => decision.SetResult(UpgradeDecision.Refuse(new HttpRefusal(401, "Who?"))));

        Assert.StartsWith("HTTP/1.1 401 Unauthorized\r\n", SentText, StringComparison.Ordinal);
        Assert.False(Transport.Paused);
        Assert.Empty(Handler.Messages);
        Assert.Equal(0, Handler.Opened);
    }

    [Fact]
    public void A_request_that_does_not_arrive_in_time_is_answered_with_408()
    {
        Accept();
        Transport.Receive(Requests.Bytes(Requests.Plain[..^1]));
        AdvanceSeconds(9);
        Assert.Empty(Transport.Sent);

        AdvanceSeconds(1);

        Assert.StartsWith("HTTP/1.1 408 Request Timeout\r\n", SentText, StringComparison.Ordinal);
        Assert.Equal((1, 0), (Transport.ShutdownCalls, Transport.CloseCalls));
        AdvanceSeconds(4);
        Assert.Equal(0, Transport.CloseCalls);
        AdvanceSeconds(1);
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.HandshakeTimeout);
    }

    [Fact]
    public void A_decision_after_the_timeout_has_no_effect()
    {
        Accept();
        var decision = new TaskCompletionSource<UpgradeDecision>();
        Handler.Upgrade = _ => new(decision.Task);
        Transport.Receive(Requests.Bytes(Requests.Plain));
        AdvanceSeconds(10);
        var sent = SentText;
        Assert.StartsWith("HTTP/1.1 408 ", sent, StringComparison.Ordinal);

        Complete(() => decision.SetResult(UpgradeDecision.Accept));

        Assert.Equal(sent, SentText);
        Assert.Equal(0, Handler.Opened);
        Assert.False(Connection.IsOpen);
        Assert.False(Transport.Paused);
        Transport.EndInput();
        ExpectEnd(EndCause.HandshakeTimeout);
    }

    [Fact]
    public void An_open_connection_has_no_handshake_timeout()
    {
        Open();
        AdvanceSeconds(11);
        Assert.True(Connection.IsOpen);
        Assert.Empty(Transport.Sent);
    }

    [Fact]
    public void A_TLS_client_hello_is_released_without_a_response()
    {
        Accept();
        Transport.Receive(Hex.Bytes("16 03 01 02 00 01 00 01 fc 03 03"));
        Assert.Empty(Transport.Sent);
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.TlsOnPlainPort);
    }

    [Fact]
    public void Closing_during_the_handshake_releases_at_once()
    {
        Accept();
        Transport.Receive(Requests.Bytes("GET / "));
        Connection.Close(CloseStatus.GoingAway);
        Assert.Empty(Transport.Sent);
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.ClosedHere, CloseStatus.GoingAway);
    }

    [Fact]
    public void Nothing_is_sent_before_the_handshake_is_complete()
    {
        Accept();
        Assert.False(Connection.Send(MessageType.Text, "x"u8));
        Assert.False(Connection.Send([1], [2]));
        Assert.Empty(Transport.Sent);
    }

    [Fact]
    public void An_exception_from_OnOpen_closes_with_1011()
    {
        Accept();
        Handler.Open = () => throw new InvalidOperationException();

        Transport.Receive([.. Requests.Bytes(Requests.Plain), .. ClientFrames.Binary(1)]);

        Assert.Equal(["Close 03f3696e7465726e616c206572726f72"], ServerFrames.Decode(Transport.Sent[Requests.Accepted.Length..]));
        Assert.Empty(Handler.Messages);
        Transport.EndInput();
        ExpectEnd(EndCause.ClosedHere, CloseStatus.InternalError);
    }

    [Fact]
    public void A_peer_that_ends_its_stream_within_its_request_is_released()
    {
        Accept();
        Transport.Receive(Requests.Bytes("GET / "));
        Transport.EndInput();
        Assert.Empty(Transport.Sent);
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.EndOfStream);
    }

    [Fact]
    public void A_head_that_is_too_long_is_answered_with_431_and_buffered_no_further()
    {
        Accept(WebSocketOptions.Default with { MaxHandshakeHeadLength = 64 });
        Transport.Receive(Requests.Bytes("GET /"));
        Transport.Receive(Requests.Bytes(new string('a', 1000)));
        Assert.StartsWith("HTTP/1.1 431 ", SentText, StringComparison.Ordinal);
    }
}
