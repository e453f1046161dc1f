using System.Net;
using TPacket.Transports;
using TPacket.Transports.Loops;

namespace TPacket.Benchmarks.Harness;

/// <summary>A transport in memory that accepts and discards all bytes.</summary>
internal sealed class NullTransport : TransportConnection
{
    private TransportHandler _handler = null!;
    private byte[] _arrived = [];

    public override EndPoint? LocalEndPoint => null;

    public override EndPoint? RemoteEndPoint => null;

    /// <summary>The number of sent bytes.</summary>
    public long Sent { get; private set; }

    /// <summary>The number of system calls that a socket would have needed.</summary>
    public long Sends { get; private set; }

    public override void Start(TransportHandler handler) => _handler = handler;

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        Sent += bytes.Length;
        Sends++;
        return bytes.Length;
    }

    public override int SendWhenWritable(ReadOnlySpan<byte> bytes) => throw new InvalidOperationException("All bytes were accepted.");

    public override void PauseReceiving() => throw new InvalidOperationException("No benchmark waits for a handler.");

    public override void ResumeReceiving()
    {
    }

    public override void ShutdownSend()
    {
    }

    public override void Close() => throw new InvalidOperationException("A benchmark's peer violates no rule.");

    /// <summary>Delivers bytes of the peer in a batch, like a transport's read. Copies them, because they are unmasked in place.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="pieceLength">The maximum length of a read.</param>
    public void Receive(ReadOnlySpan<byte> bytes, int pieceLength = int.MaxValue)
    {
        if (_arrived.Length < bytes.Length)
            _arrived = new byte[bytes.Length];
        bytes.CopyTo(_arrived);
        for (var rest = _arrived.AsSpan(0, bytes.Length); !rest.IsEmpty; rest = rest[Math.Min(pieceLength, rest.Length)..])
        {
            var batch = FlushBatch.Enter();
            try
            {
                _handler.OnReceived(rest[..Math.Min(pieceLength, rest.Length)]);
            }
            finally
            {
                batch.Exit();
            }
        }
    }
}
