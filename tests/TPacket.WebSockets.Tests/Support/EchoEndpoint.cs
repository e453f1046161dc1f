using System.Text;
using Microsoft.Extensions.Time.Testing;
using TPacket.Transports;

namespace TPacket.WebSockets.Tests;

/// <summary>A connection in either role, open, that answers every message with the same one. <see cref="End"/> is the last thing that is done with it.</summary>
internal sealed class EchoEndpoint
{
    private static readonly Uri _uri = new("ws://server.example.com/chat");

    // Time stands still.
    private static readonly Heartbeat _heartbeat = new(new FakeTimeProvider(), TimeSpan.FromSeconds(1));

    private readonly long _outstanding = BufferPool.Outstanding;
    private readonly Role _role;
    private readonly ScriptedTransport _transport = new();
    private readonly EchoHandler _handler = new();

    /// <summary>Opens a connection.</summary>
    /// <param name="role">Its side.</param>
    /// <param name="options">Its options; the defaults where null.</param>
    /// <param name="extensions">What the peer offers or agrees to.</param>
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
        _transport.ForgetSent();
    }

    /// <summary>What this side has sent to open the connection.</summary>
    public string Head { get; }

    public WebSocketConnection Connection { get; }

    /// <summary>How many messages have been delivered.</summary>
    public int Messages => _handler.Messages;

    /// <summary>Whether this side has ended its stream, or the connection.</summary>
    public bool HasEnded => _transport.ShutdownCalls + _transport.CloseCalls > 0;

    /// <summary>Whether this side has released the connection.</summary>
    public bool IsReleased => _transport.CloseCalls > 0;

    /// <summary>What this side has sent since it was asked for the last time. A frame that is cut, or masked where it must not be, or not masked where it must, fails the test.</summary>
    public List<WireFrame> TakeFrames()
    {
        var frames = WireFrame.Decode(_transport.Sent, masked: _role == Role.Client);
        _transport.ForgetSent();
        return frames;
    }

    /// <inheritdoc cref="TakeFrames"/>
    public string[] TakeLines() => [.. TakeFrames().Select(static frame => frame.ToString())];

    /// <summary>Bytes of the peer arrive as they are, each piece in a read of its own.</summary>
    public void Receive(params byte[][] pieces)
    {
        foreach (var piece in pieces)
            _transport.Receive(piece);
    }

    /// <summary>Frames of the peer arrive, which are written plain, in reads of so many bytes.</summary>
    public void ReceiveFrames(byte[] plain, int readLength = int.MaxValue)
    {
        var bytes = PeerFrames.To(_role, plain);
        foreach (var piece in bytes.Length <= readLength ? [bytes] : bytes.Chunk(readLength))
            _transport.Receive(piece);
    }

    /// <summary>The peer ends its stream, and this side releases the connection.</summary>
    public void EndInput()
    {
        if (_transport.CloseCalls == 0)
            _transport.EndInput();
        Assert.Equal(1, _transport.CloseCalls);
    }

    /// <summary>The end of the connection is told once, nothing stays rented, and the transport was used as its contract says.</summary>
    public ConnectionEnd End()
    {
        _transport.End(new IOException("The test is over."));
        Assert.Empty(_transport.Misuse);
        Assert.Equal(_outstanding, BufferPool.Outstanding);
        return Assert.Single(_handler.Ends);
    }

    /// <summary><see cref="End"/>, and what began it.</summary>
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
