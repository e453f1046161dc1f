using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Time.Testing;
using TPacket.Benchmarks.Harness;
using TPacket.WebSockets;

namespace TPacket.Benchmarks;

/// <summary>Measures whole messages through a connection on a null transport.</summary>
public class MessageBenchmarks
{
    private const int PieceLength = 1000;
    private const int Together = 16;

    private readonly NullTransport _transport = new();
    private readonly Handler _handler = new();
    private byte[] _payload = [];
    private byte[] _frame = [];
    private byte[] _frames = [];

    [Params(64, 4096, 65536)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _payload = new byte[Length];
        _frame = ClientBytes.Frame(_payload);
        _frames = [.. Enumerable.Repeat(_frame, Together).SelectMany(static frame => frame)];
        var heartbeat = new Heartbeat(new FakeTimeProvider(), TimeSpan.FromSeconds(1));
        WebSocketConnection.Accept(_transport, _handler, WebSocketOptions.Default with { MaxMessageLength = 1 << 20 }, heartbeat);
        _transport.Receive(ClientBytes.Upgrade);
    }

    [Benchmark]
    public long Receive()
    {
        _transport.Receive(_frame);
        return _handler.Received;
    }

    [Benchmark]
    public long ReceiveInPieces()
    {
        _transport.Receive(_frame, PieceLength);
        return _handler.Received;
    }

    [Benchmark]
    public long Send()
    {
        _handler.Connection.Send(MessageType.Binary, _payload);
        return _transport.Sent;
    }

    [Benchmark]
    public long Echo()
    {
        _handler.Echoes = true;
        _transport.Receive(_frame);
        _handler.Echoes = false;
        return _transport.Sent;
    }

    /// <summary>Measures a message among several that arrive together and are sent together.</summary>
    [Benchmark(OperationsPerInvoke = Together)]
    public long EchoTogether()
    {
        _handler.Echoes = true;
        _transport.Receive(_frames);
        _handler.Echoes = false;
        return _transport.Sent;
    }

    private sealed class Handler : WebSocketHandler
    {
        public long Received { get; private set; }

        public bool Echoes { get; set; }

        protected internal override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
        {
            Received += payload.Length;
            if (Echoes)
                Connection.Send(type, payload);
            return default;
        }
    }
}
