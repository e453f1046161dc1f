using System.Buffers;
using System.Net;
using TPacket.Transports.Loops;

namespace TPacket.Transports.Tests.Harness;

/// <summary>A connection that the test controls. It accepts as many bytes as <see cref="Room"/> allows, and the test pushes input to its handler.</summary>
internal sealed class ScriptedConnection : TransportConnection
{
    private readonly ArrayBufferWriter<byte> _sent = new();

    /// <summary>The number of bytes that are accepted; -1 if the connection has ended.</summary>
    public int Room { get; set; } = int.MaxValue;

    /// <summary>The number of bytes that <see cref="SendWhenWritable"/> accepts.</summary>
    public int TakenToWait { get; set; }

    public List<IFlushable> HandedOver { get; } = [];

    public TransportHandler Handler { get; private set; } = null!;

    public byte[] Sent => _sent.WrittenSpan.ToArray();

    public bool AwaitsWritable { get; set; }

    public bool IsPaused { get; private set; }

    public bool IsShutDown { get; private set; }

    public int Closes { get; private set; }

    /// <summary>Whether input waits that was not pushed yet.</summary>
    public bool Unread { get; set; }

    public override bool HasUnreadInput => Unread;

    public override EndPoint? LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

    public override EndPoint? RemoteEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 2);

    public override void Start(TransportHandler handler) => Handler = handler;

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (Room < 0)
            return -1;
        var taken = Math.Min(bytes.Length, Room);
        Room -= taken;
        _sent.Write(bytes[..taken]);
        return taken;
    }

    public override int SendWhenWritable(ReadOnlySpan<byte> bytes)
    {
        AwaitsWritable = true;
        var taken = Math.Min(bytes.Length, TakenToWait);
        _sent.Write(bytes[..taken]);
        return taken;
    }

    internal override bool TryHandOver(IFlushable flushable)
    {
        HandedOver.Add(flushable);
        return true;
    }

    /// <summary>Sets <see cref="Room"/> and calls OnWritable if it was requested.</summary>
    public void BecomeWritable(int room)
    {
        Assert.True(AwaitsWritable);
        AwaitsWritable = false;
        Room = room;
        Handler.OnWritable();
    }

    public override void PauseReceiving() => IsPaused = true;

    public override void ResumeReceiving() => IsPaused = false;

    public override void ShutdownSend() => IsShutDown = true;

    public override void Close() => Closes++;
}
