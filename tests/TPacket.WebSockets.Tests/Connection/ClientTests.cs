using System.Collections;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Tests;

/// <summary>A connection in the client's role.</summary>
public class ClientTests : ConnectionTests
{
    private static readonly Uri _uri = new("ws://server.example.com/chat");

    private readonly List<UpgradeResponse> _responses = [];
    private Task<WebSocketConnection> _connecting = null!;

    [Fact]
    public async Task The_client_sends_its_request_and_the_response_opens_the_connection()
    {
        Connect(WebSocketClientOptions.Default with { Subprotocols = ["a", "b"], Headers = [new("Origin", "http://example.com")] });
        var request = UpgradeTranscript.ExpectRequest(SentText);
        Assert.Equal(("/chat", "server.example.com", "http://example.com"), (request.Target, request.Host, request.Origin));
        Assert.False(Connection.IsOpen);
        Assert.False(_connecting.IsCompleted);

        Transport.Receive(Responses.To(request, "Sec-WebSocket-Protocol: b"));

        Assert.Same(Connection, await _connecting);
        Assert.True(Connection.IsOpen);
        Assert.Equal("b", Connection.Subprotocol);
        Assert.Equal((1, 101), (Handler.Opened, Assert.Single(_responses).StatusCode));
    }

    [Fact]
    public void Frames_directly_after_the_response_are_read_at_every_split()
    {
        byte[] frames = [.. ServerFrames.Binary(1, 2), .. ServerFrames.Text("é"), .. ServerFrames.Binary()];
        Open();
        var length = Responses.To(UpgradeTranscript.ExpectRequest(SentText)).Length;
        for (var cut = 1; cut < length + frames.Length; cut++)
        {
            var transport = new ScriptedTransport();
            var handler = new ScriptedHandler();
            _ = WebSocketClient.UpgradeAsync(transport, _uri, handler, WebSocketClientOptions.Default with { Heartbeat = Heartbeat }).AsTask();
            byte[] input = [.. Responses.To(UpgradeTranscript.ExpectRequest(Encoding.Latin1.GetString(transport.Sent))), .. frames];
            transport.Receive(input[..cut]);
            transport.Receive(input[cut..]);
            Assert.Equal(["Binary 0102", "Text c3a9", "Binary "], handler.Messages);
            transport.End(new IOException());
        }
    }

    [Fact]
    public void Every_frame_is_masked_with_a_new_key()
    {
        Open();
        Transport.ClearSent();
        var large = new byte[70_000];
        Random.Shared.NextBytes(large);
        for (var i = 0; i < 3; i++)
            Assert.True(Connection.Send(MessageType.Text, "hello"u8));
        Assert.True(Connection.Send([1, 2], [3]));
        Assert.Equal(SendStatus.Queued, Connection.TrySend(MessageType.Binary, large));
        Transport.Receive(ServerFrames.Ping(7));

        Assert.Equal(["Text 68656c6c6f", "Text 68656c6c6f", "Text 68656c6c6f", "Binary 010203", $"Binary {Hex.Of(large)}", "Pong 07"], ClientFrames.Decode(Transport.Sent));
        var keys = Enumerable.Range(0, 3).Select(i => Hex.Of(Transport.Sent.AsSpan((i * 11) + 2, 4))).ToHashSet();
        Assert.Equal(3, keys.Count);
    }

    [Fact]
    public void A_masked_frame_from_the_server_is_a_violation()
    {
        Open();
        Transport.ClearSent();
        Transport.Receive(ClientFrames.Text("hello"));

        Assert.Empty(Handler.Messages);
        Assert.StartsWith("Close 03ea", Assert.Single(ClientFrames.Decode(Transport.Sent)), StringComparison.Ordinal);
        Assert.Equal(1, Transport.ShutdownCalls);
        Transport.EndInput();
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.Violation, CloseStatus.ProtocolError);
    }

    [Fact]
    public void A_client_waits_for_the_server_to_close_the_TCP_connection()
    {
        Open();
        Transport.ClearSent();
        Connection.Close(CloseStatus.NormalClosure, "bye");
        Assert.Equal("Close 03e8627965", Assert.Single(ClientFrames.Decode(Transport.Sent)));
        Transport.Receive(ServerFrames.Close(0x03, 0xE8));
        Assert.Equal((0, 0), (Transport.ShutdownCalls, Transport.CloseCalls));
        Transport.EndInput();
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.ClosedHere, CloseStatus.NormalClosure);
    }

    [Fact]
    public void A_client_waits_for_the_end_of_the_TCP_connection_no_longer_than_the_close_timeout()
    {
        Open();
        Transport.ClearSent();
        Transport.Receive(ServerFrames.Close(0x03, 0xE9));
        Assert.Equal("Close 03e9", Assert.Single(ClientFrames.Decode(Transport.Sent)));
        AdvanceSeconds(4);
        Assert.Equal(0, Transport.CloseCalls);
        AdvanceSeconds(2);
        Assert.NotEqual(0, Transport.CloseCalls);
        ExpectEnd(EndCause.ClosedByPeer, CloseStatus.GoingAway);
    }

    [Fact]
    public async Task A_rejection_is_reported_with_its_response()
    {
        Connect();
        Transport.Receive(Requests.Bytes("HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\n\r\nNot here.\n"));
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.HandshakeRefused);

        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => _connecting);
        Assert.Equal((403, EndCause.HandshakeRefused), (error.Response!.StatusCode, error.End.Cause));
        Assert.Contains("403 Forbidden (Not here.)", error.Message, StringComparison.Ordinal);
        Assert.Equal((0, 403), (Handler.Opened, Assert.Single(_responses).StatusCode));
    }

    [Fact]
    public async Task A_response_to_another_request_fails_the_connection()
    {
        Connect();
        Transport.Receive(Requests.Bytes(Requests.Accepted));
        ExpectEnd(EndCause.HandshakeRefused);

        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => _connecting);
        Assert.Contains("Sec-WebSocket-Accept", error.Message, StringComparison.Ordinal);
        Assert.Null(error.Response);
        Assert.Equal(0, Handler.Opened);
    }

    [Fact]
    public async Task A_connection_without_a_response_in_time_fails()
    {
        Connect();
        AdvanceSeconds(11);
        Assert.NotEqual(0, Transport.CloseCalls);
        ExpectEnd(EndCause.HandshakeTimeout);
        await Assert.ThrowsAsync<WebSocketConnectException>(() => _connecting);
    }

    [Fact]
    public async Task A_connection_that_breaks_before_the_response_reports_its_error()
    {
        Connect();
        var reset = new IOException("reset");
        ExpectEnd(EndCause.TransportFailed, error: reset);
        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => _connecting);
        Assert.Same(reset, error.InnerException);
    }

    [Fact]
    public async Task A_stream_that_ends_before_the_response_fails_the_connection()
    {
        Connect();
        Transport.EndInput();
        ExpectEnd(EndCause.EndOfStream);
        await Assert.ThrowsAsync<WebSocketConnectException>(() => _connecting);
    }

    [Fact]
    public async Task Cancellation_releases_the_connection()
    {
        using var giveUp = new CancellationTokenSource();
        Connect(cancellationToken: giveUp.Token);
        await giveUp.CancelAsync();
        Assert.Equal(1, Transport.CloseCalls);
        ExpectEnd(EndCause.Aborted);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _connecting);
    }

    [Fact]
    public async Task Cancellation_at_the_last_moment_releases_the_connection()
    {
        using var giveUp = new CancellationTokenSource();
        Handler.Open = giveUp.Cancel;
        Connect(cancellationToken: giveUp.Token);
        Transport.Receive(Responses.To(UpgradeTranscript.ExpectRequest(SentText)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _connecting);
        Assert.NotEqual(0, Transport.CloseCalls);
        ExpectEnd(EndCause.Aborted);
    }

    [Fact]
    public async Task A_connection_that_is_closed_from_OnResponse_never_opens()
    {
        Connect();
        Handler.Response = _ => Connection.Close(CloseStatus.NormalClosure, "not this one");
        Transport.Receive(Responses.To(UpgradeTranscript.ExpectRequest(SentText)));
        ExpectEnd(EndCause.ClosedHere, CloseStatus.NormalClosure);
        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => _connecting);
        Assert.Equal("not this one", error.End.Reason);
        Assert.Equal(0, Handler.Opened);
    }

    [Fact]
    public async Task An_invalid_request_releases_the_connection()
    {
        var transport = new ScriptedTransport();
        var options = WebSocketClientOptions.Default with { Subprotocols = ["no token"] };
        await Assert.ThrowsAsync<ArgumentException>(() => WebSocketClient.UpgradeAsync(transport, _uri, new ScriptedHandler(), options).AsTask());
        Assert.Equal(1, transport.CloseCalls);
    }

    [Fact]
    public async Task Headers_that_throw_release_the_connection()
    {
        var transport = new ScriptedTransport();
        var options = WebSocketClientOptions.Default with { Headers = new BrokenHeaders() };
        await Assert.ThrowsAsync<InvalidOperationException>(() => WebSocketClient.UpgradeAsync(transport, _uri, new ScriptedHandler(), options).AsTask());
        Assert.Equal(1, transport.CloseCalls);
    }

    [Fact]
    public async Task TLS_options_that_throw_prevent_the_attempt_to_connect()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var options = WebSocketClientOptions.Default with { Tls = static _ => throw new InvalidOperationException("no certificate") };
        var uri = new Uri($"wss://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        await Assert.ThrowsAsync<InvalidOperationException>(() => WebSocketClient.ConnectAsync(uri, new ScriptedHandler(), options).AsTask());
        Assert.False(listener.Pending());
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task An_address_that_does_not_answer_does_not_delay_the_connection_to_another(string version)
    {
        // Other systems do not have the address 127.0.0.2.
        if (!OperatingSystem.IsLinux())
            return;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var silent = new FullListener(new IPEndPoint(IPAddress.Parse("127.0.0.2"), port));
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var options = WebSocketClientOptions.Default with
        {
            HttpVersion = Version.Parse(version),
            Resolve = static (host, _) => Task.FromResult<IPAddress[]>(host == "server.test" ? [IPAddress.Parse("127.0.0.2"), IPAddress.Loopback] : []),
        };

        var connecting = WebSocketClient.ConnectAsync(new Uri($"ws://server.test:{port}/"), new ScriptedHandler(), options, giveUp.Token).AsTask();
        using var accepted = await listener.AcceptSocketAsync(giveUp.Token);

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
    }

    [Fact]
    public void A_clients_frames_cannot_be_shared()
    {
        Open();
        var frames = FrameBuffer.Rent();
        var length = frames.Append([1], [2]);
        Assert.Throws<InvalidOperationException>(() => Connection.Send(frames, 0, length, 1));
        frames.Release();
    }

    [Fact]
    public void A_connection_disposes_its_own_timer()
    {
        var time = new CountingTime();
        var transport = new ScriptedTransport();
        _ = WebSocketClient.UpgradeAsync(transport, _uri, new ScriptedHandler(), WebSocketClientOptions.Default with { TimeProvider = time }).AsTask();
        Assert.Equal(1, time.Running);
        transport.End(new IOException());
        Assert.Equal(0, time.Running);
    }

    private void Open()
    {
        Connect();
        Transport.Receive(Responses.To(UpgradeTranscript.ExpectRequest(SentText)));
        Assert.True(Connection.IsOpen);
    }

    private void Connect(WebSocketClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        Handler.Response = _responses.Add;
        _connecting = WebSocketClient.UpgradeAsync(
            Transport, _uri, Handler, (options ?? WebSocketClientOptions.Default) with { Heartbeat = Heartbeat }, cancellationToken).AsTask();
        Use(Handler.Connection);
    }

    /// <summary>Headers that throw when they are enumerated.</summary>
    private sealed class BrokenHeaders : IReadOnlyList<KeyValuePair<string, string>>
    {
        public int Count => 1;

        public KeyValuePair<string, string> this[int index] => throw new InvalidOperationException();

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => throw new InvalidOperationException();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>A clock that counts its running timers.</summary>
    private sealed class CountingTime : TimeProvider
    {
        public int Running { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Running++;
            return new CountedTimer(this);
        }

        private sealed class CountedTimer(CountingTime time) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => time.Running--;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return default;
            }
        }
    }
}
