using System.Net;
using TPacket.Transports;
using TPacket.Transports.Loops;

namespace TPacket.Fuzz.Targets;

/// <summary>A connection to a peer in memory, on this thread.</summary>
internal sealed class MemoryTransport : TransportConnection
{
    private readonly List<byte> _sent = [];
    private readonly Queue<byte[]> _waiting = new();
    private TransportHandler _handler = null!;
    private bool _paused;
    private bool _awaitsWritable;

    /// <summary>The number of bytes that the peer accepts before its socket is full.</summary>
    public int Room { get; set; } = int.MaxValue;

    public bool IsClosed { get; private set; }

    public bool IsShutDown { get; private set; }

    public byte[] Sent => [.. _sent];

    public override EndPoint? LocalEndPoint => null;

    public override EndPoint? RemoteEndPoint => null;

    public override void Start(TransportHandler handler) => _handler = handler;

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (IsClosed)
            return -1;
        FindingException.Unless(!IsShutDown, "sent after the end of its stream");
        var taken = Math.Min(Room, bytes.Length);
        Room -= Room == int.MaxValue ? 0 : taken;
        _sent.AddRange(bytes[..taken]);
        return taken;
    }

    public override int SendWhenWritable(ReadOnlySpan<byte> bytes)
    {
        FindingException.Unless(!_awaitsWritable, "waits twice");
        _awaitsWritable = true;
        return 0;
    }

    public override void PauseReceiving() => _paused = true;

    public override void ResumeReceiving()
    {
        _paused = false;
        while (!_paused && _waiting.TryDequeue(out var bytes))
            Deliver(bytes);
    }

    public override void ShutdownSend() => IsShutDown = true;

    public override void Close() => IsClosed = true;

    public void Receive(ReadOnlySpan<byte> bytes)
    {
        if (_paused)
            _waiting.Enqueue(bytes.ToArray());
        else
            Deliver(bytes.ToArray());
    }

    /// <summary>Lets the peer read again.</summary>
    public void Drain()
    {
        Room = int.MaxValue;
        while (_awaitsWritable)
        {
            _awaitsWritable = false;
            _handler.OnWritable();
        }
    }

    public void End()
    {
        var error = IsClosed ? null : new IOException("The run is over.");
        IsClosed = true;
        _handler.OnClosed(error);
    }

    private void Deliver(byte[] bytes)
    {
        if (IsClosed || bytes.Length == 0)
            return;
        var batch = FlushBatch.Enter();
        try
        {
            _handler.OnReceived(bytes);
        }
        finally
        {
            batch.Exit();
        }
    }
}
