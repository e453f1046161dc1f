using System.Text;
using Microsoft.Extensions.Time.Testing;
using TPacket.Transports.Buffers;

namespace TPacket.WebSockets.Tests;

/// <summary>An open connection in either role that echoes every message. <see cref="End"/> is the last call.</summary>
internal sealed class EchoEndpoint
{
    private static readonly Uri _uri = new("ws://server.example.com/chat");

    // Its time never advances.
    private static readonly Heartbeat _heartbeat = new(new FakeTimeProvider(), TimeSpan.FromSeconds(1));

    private readonly long _outstanding = BufferPool.Outstanding;
    private readonly Role _role;
    private readonly ScriptedTransport _transport = new();
    private readonly EchoHandler _handler = new();

    /// <summary>Opens a connection.</summary>
    /// <param name="role">Role of the connection.</param>
    /// <param name="options">Options of the connection; null for the defaults.</param>
    /// <param name="extensions">The peer's <c>Sec-WebSocket-Extensions</c> header.</param>
    public EchoEndpoint(Role role, WebSocketOptions? options = null, string? extensions = null)
    {
        _role = role;
        options ??= WebSocketOptions.Default;
        string[] lines = extensions is null ? [] : [$"Sec-WebSocket-Extensions: {extensions}"];
        if (role == Role.Server)
        {
            Connection = WebSocketConnection.Accept(_transport, _handler, options, _heartbeat);
            _transport.Receive(Requests.Bytes(Requests.WithLines(lines)));
        }
        else
        {
            _ = WebSocketClient.UpgradeAsync(_transport, _uri, _handler, WebSocketClientOptions.Default with { Connection = options, Heartbeat = _heartbeat }).AsTask();
            Connection = _handler.Connection;
            UpgradeTranscript.Read([_transport.Sent], out var request, out _, out _);
            _transport.Receive(Responses.To(request!, lines));
        }

        Assert.True(Connection.IsOpen);
        Head = Encoding.ASCII.GetString(_transport.Sent);
        _transport.ClearSent();
    }

    /// <summary>The request or response head that this side has sent.</summary>
    public string Head { get; }

    public WebSocketConnection Connection { get; }

    /// <summary>Number of delivered messages.</summary>
    public int Messages => _handler.Messages;

    /// <summary>Whether this side has shut down its sending side, or released the connection.</summary>
    public bool HasEnded => _transport.ShutdownCalls + _transport.CloseCalls > 0;

    /// <summary>Whether this side has released the connection.</summary>
    public bool IsReleased => _transport.CloseCalls > 0;

    /// <summary>Returns the frames that this side has sent since the last call. Incomplete or wrongly masked frames fail the test.</summary>
    public List<WireFrame> TakeFrames()
    {
        var frames = WireFrame.Decode(_transport.Sent, masked: _role == Role.Client);
        _transport.ClearSent();
        return frames;
    }

    /// <inheritdoc cref="TakeFrames"/>
    public string[] TakeLines() => [.. TakeFrames().Select(static frame => frame.ToString())];

    /// <summary>Delivers bytes of the peer, each piece in its own read.</summary>
    public void Receive(params byte[][] pieces)
    {
        foreach (var piece in pieces)
            _transport.Receive(piece);
    }

    /// <summary>Delivers frames of the peer, given unmasked, in reads of at most <paramref name="readLength"/> bytes.</summary>
    public void ReceiveFrames(byte[] plain, int readLength = int.MaxValue)
    {
        var bytes = PeerFrames.To(_role, plain);
        foreach (var piece in bytes.Length <= readLength ? [bytes] : bytes.Chunk(readLength))
            _transport.Receive(piece);
    }

    /// <summary>Ends the peer's stream, and asserts that this side releases the connection.</summary>
    public void EndInput()
    {
        if (_transport.CloseCalls == 0)
            _transport.EndInput();
        Assert.Equal(1, _transport.CloseCalls);
    }

    /// <summary>Ends the transport. Asserts that the handler was notified once, all buffers are returned, and the connection has respected the transport's contract.</summary>
    public ConnectionEnd End()
    {
        _transport.End(new IOException("The test is over."));
        Assert.Empty(_transport.Misuse);
        Assert.Equal(_outstanding, BufferPool.Outstanding);
        return Assert.Single(_handler.Ends);
    }

    /// <summary>Calls <see cref="End"/>, and asserts the cause and the status.</summary>
    public void ExpectEnd(EndCause cause, CloseStatus status)
    {
        var end = End();
        Assert.Equal((cause, status), (end.Cause, end.Status));
    }

    private sealed class EchoHandler : WebSocketHandler
    {
        public int Messages { get; private set; }

        public List<ConnectionEnd> Ends { get; } = [];

        protected internal override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
        {
            Messages++;
            Assert.True(Connection.Send(type, payload));
            return default;
        }

        protected internal override void OnClosed(ConnectionEnd end) => Ends.Add(end);
    }
}
