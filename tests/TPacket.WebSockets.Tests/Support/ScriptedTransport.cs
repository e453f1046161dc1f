using System.Net;
using TPacket.Transports;

namespace TPacket.WebSockets.Tests;

/// <summary>
/// A peer that does what a test says, in memory. Keeps to the contract of <see cref="TransportConnection"/> and notes in <see cref="Misuse"/> where the
/// library does not.
/// </summary>
internal sealed class ScriptedTransport : TransportConnection
{
    private readonly List<byte> _sent = [];
    private readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TransportHandler? _handler;
    private bool _receiving;
    private bool _waitsForWritable;
    private bool _closed;

    /// <summary>How many more bytes the peer takes before the socket is full.</summary>
    public int Room { get; set; } = int.MaxValue;

    /// <summary>How many bytes a wait takes with it, as a transport that waits by writing does.</summary>
    public int TakenByWait { get; set; }

    /// <summary>Whether the connection turns out to be gone when something is sent.</summary>
    public bool SendFails { get; set; }

    /// <summary>Flushes that were handed over, where the connection has a loop for that.</summary>
    public Queue<IFlushable>? Loop { get; set; }

    /// <summary>The bytes of each write.</summary>
    public List<byte[]> Writes { get; } = [];

    /// <summary>How many of them were of two parts.</summary>
    public int WritesOfTwoParts { get; private set; }

    public List<string> Misuse { get; } = [];

    /// <summary>How often the connection was released, by resets too.</summary>
    public int CloseCalls { get; private set; }

    public int AbortCalls { get; private set; }

    public int ShutdownCalls { get; private set; }

    public bool Paused { get; private set; }

    /// <summary>Completes with the first end of a pause.</summary>
    public Task Resumed => _resumed.Task;

    public bool WaitsForWritable => _waitsForWritable;

    public byte[] Sent => [.. _sent];

    /// <summary>Whether something lies in the socket that was not read yet.</summary>
    public bool Unread { get; set; }

    public override bool HasUnreadInput => Unread;

    public override EndPoint? LocalEndPoint => null;

    public override EndPoint? RemoteEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 4711);

    public void ForgetSent()
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

    /// <summary>The peer's bytes arrive, within one batch as in a real read.</summary>
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

    /// <summary>The socket takes so many bytes more; who waits for that is told.</summary>
    public void Drain(int room = int.MaxValue)
    {
        Room = room;
        if (!_waitsForWritable)
            return;
        _waitsForWritable = false;
        _handler!.OnWritable();
    }

    /// <summary>The end of the connection is told: after <see cref="Close"/>, or because of an error.</summary>
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
        // The memory is the transport's again: whoever kept it reads nonsense.
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
