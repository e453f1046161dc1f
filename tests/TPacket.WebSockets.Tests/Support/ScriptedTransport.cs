using System.Net;
using TPacket.Transports;
using TPacket.Transports.Loops;

namespace TPacket.WebSockets.Tests;

/// <summary>
/// An in-memory transport that a test controls. It respects the contract of <see cref="TransportConnection"/>, and records violations by the library in
/// <see cref="Misuse"/>.
/// </summary>
internal sealed class ScriptedTransport : TransportConnection
{
    private readonly List<byte> _sent = [];
    private readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TransportHandler? _handler;
    private bool _receiving;
    private bool _waitsForWritable;
    private bool _closed;

    /// <summary>Number of bytes until the socket is full.</summary>
    public int Room { get; set; } = int.MaxValue;

    /// <summary>Number of bytes that <see cref="SendWhenWritable"/> accepts, as a transport does that waits by writing.</summary>
    public int TakenByWait { get; set; }

    /// <summary>Whether sends fail because the connection is closed.</summary>
    public bool SendFails { get; set; }

    /// <summary>Flushes that were handed over to the connection's event loop; null if it has none.</summary>
    public Queue<IFlushable>? Loop { get; set; }

    /// <summary>The bytes of each write.</summary>
    public List<byte[]> Writes { get; } = [];

    /// <summary>Number of writes of two parts.</summary>
    public int WritesOfTwoParts { get; private set; }

    public List<string> Misuse { get; } = [];

    /// <summary>Number of calls that released the connection, including resets.</summary>
    public int CloseCalls { get; private set; }

    public int AbortCalls { get; private set; }

    public int ShutdownCalls { get; private set; }

    public bool Paused { get; private set; }

    /// <summary>A task that completes when receiving is resumed for the first time.</summary>
    public Task Resumed => _resumed.Task;

    public bool WaitsForWritable => _waitsForWritable;

    public byte[] Sent => [.. _sent];

    /// <summary>Whether the socket has unread input.</summary>
    public bool Unread { get; set; }

    public override bool HasUnreadInput => Unread;

    public override EndPoint? LocalEndPoint => null;

    public override EndPoint? RemoteEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 4711);

    public void ClearSent()
    {
        _sent.Clear();
        Writes.Clear();
    }

    public override void Start(TransportHandler handler)
    {
        if (_handler is not null)
            Misuse.Add("started twice");
        _handler = handler;
    }

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (SendFails || CloseCalls > 0)
            return -1;
        if (_waitsForWritable)
            Misuse.Add("sent before it was writable");
        return Take(bytes, Room);
    }

    public override int TrySend(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        WritesOfTwoParts++;
        return TrySend([.. head, .. body]);
    }

    public override int SendWhenWritable(ReadOnlySpan<byte> bytes)
    {
        if (_waitsForWritable)
            Misuse.Add("waits twice");
        if (bytes.IsEmpty)
            Misuse.Add("waits with nothing to send");
        _waitsForWritable = true;
        return Take(bytes, TakenByWait);
    }

    internal override bool TryHandOver(IFlushable flushable)
    {
        Loop?.Enqueue(flushable);
        return Loop is not null;
    }

    public override void PauseReceiving()
    {
        if (!_receiving)
            Misuse.Add("paused from elsewhere than OnReceived");
        Paused = true;
    }

    public override void ResumeReceiving()
    {
        if (!Paused)
            Misuse.Add("resumed without a pause");
        Paused = false;
        _resumed.TrySetResult();
    }

    public override void ShutdownSend() => ShutdownCalls++;

    public override void Close() => CloseCalls++;

    public override void Abort()
    {
        AbortCalls++;
        CloseCalls++;
    }

    /// <summary>Delivers bytes of the peer within one batch, as a read does.</summary>
    public void Receive(params byte[][] pieces)
    {
        var batch = FlushBatch.Enter();
        try
        {
            foreach (var piece in pieces)
                ReceiveOne([.. piece]);
        }
        finally
        {
            batch.Exit();
        }
    }

    public void EndInput()
    {
        Assert.False(Paused, "A transport that is paused does not see the end of its input.");
        var batch = FlushBatch.Enter();
        try
        {
            _handler!.OnEndOfInput();
        }
        finally
        {
            batch.Exit();
        }
    }

    /// <summary>Makes room in the socket, and notifies the handler if it waits for room.</summary>
    public void Drain(int room = int.MaxValue)
    {
        Room = room;
        if (!_waitsForWritable)
            return;
        _waitsForWritable = false;
        _handler!.OnWritable();
    }

    /// <summary>Notifies the handler of the transport's end, after <see cref="Close"/> or with an error.</summary>
    public void End(Exception? error = null)
    {
        Assert.False(_closed);
        Assert.True(CloseCalls > 0 || error is not null, "The connection has not been closed.");
        _closed = true;
        _handler!.OnClosed(CloseCalls > 0 ? null : error);
    }

    private void ReceiveOne(byte[] piece)
    {
        Assert.False(Paused, "A transport that is paused receives nothing.");
        Assert.False(_closed);
        _receiving = true;
        _handler!.OnReceived(piece);
        _receiving = false;
        // Overwrites the buffer: the handler must not use it after the call.
        Array.Fill(piece, (byte)0xDD);
    }

    private int Take(ReadOnlySpan<byte> bytes, int most)
    {
        if (ShutdownCalls > 0)
            Misuse.Add("sent after the end of its stream");
        var taken = Math.Min(bytes.Length, most);
        if (Room != int.MaxValue)
            Room -= Math.Min(Room, taken);
        if (taken > 0)
            Writes.Add(bytes[..taken].ToArray());
        _sent.AddRange(bytes[..taken]);
        return taken;
    }
}
