using System.Net;
using System.Text;
using TPacket.Transports;
using TPacket.Transports.Loops;

namespace TPacket.Server.Tests.Harness;

/// <summary>A peer in memory that reads all data, keeps none of it, and counts the writes.</summary>
internal sealed class CountingTransport : TransportConnection
{
    private const string Upgrade =
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    private readonly List<Packet> _accepting = [];
    private TransportHandler _handler = null!;

    public override EndPoint? LocalEndPoint => null;

    public override EndPoint? RemoteEndPoint => null;

    public int Writes { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Whether the peer does not read.</summary>
    public bool TakesNothing { get; set; }

    /// <summary>The exception that the release of the connection throws.</summary>
    public Exception? Fault { get; set; }

    /// <summary>The number of times that it was thrown.</summary>
    public int Faults { get; private set; }

    /// <summary>The command that <see cref="Enter"/> accepts before it enters.</summary>
    public void Accept(int command) => _accepting.Add(new Packet(4 + _accepting.Count, Wire.AcceptCommands, "", command, command));

    /// <summary>Sends the upgrade request, the magic string, a nick and a room.</summary>
    public void Enter(string nick, string room)
    {
        Receive(Encoding.ASCII.GetBytes(Upgrade));
        Receive(new Packet(1, Wire.Nop, Wire.MagicString));
        Receive(new Packet(2, Wire.SetUserNick, nick));
        _accepting.ForEach(Receive);
        Receive(new Packet(3, Wire.SetRoom, room));
    }

    public override void Start(TransportHandler handler) => _handler = handler;

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        Writes++;
        if (TakesNothing)
            return 0;
        Bytes += bytes.Length;
        return bytes.Length;
    }

    public override int SendWhenWritable(ReadOnlySpan<byte> bytes) => TakesNothing ? 0 : throw new InvalidOperationException("Everything was taken.");

    public override void PauseReceiving()
    {
    }

    public override void ResumeReceiving()
    {
    }

    public override void ShutdownSend()
    {
    }

    public override void Close()
    {
        if (Fault is null)
            return;
        Faults++;
        throw Fault;
    }

    private void Receive(Packet packet)
    {
        var payload = packet.Encode();
        Assert.True(payload.Length < 126);
        // The masking key is zero.
        Receive([0x82, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload]);
    }

    private void Receive(byte[] bytes)
    {
        var batch = FlushBatch.Enter();
        _handler.OnReceived(bytes);
        batch.Exit();
    }
}
