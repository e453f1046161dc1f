using System.Net;
using TPacket.Transports;

namespace TPacket.Benchmarks.Harness;

/// <summary>A peer in memory that takes all that it is sent and keeps none of it.</summary>
internal sealed class NullTransport : TransportConnection
{
    private TransportHandler _handler = null!;
    private byte[] _arrived = [];

    public override EndPoint? LocalEndPoint => null;

    public override EndPoint? RemoteEndPoint => null;

    /// <summary>How many bytes were sent.</summary>
    public long Sent { get; private set; }

    /// <summary>How many calls of the system they would have taken.</summary>
    public long Sends { get; private set; }

    public override void Start(TransportHandler handler) => _handler = handler;

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        Sent += bytes.Length;
        Sends++;
        return bytes.Length;
    }

    public override int SendWhenWritable(ReadOnlySpan<byte> bytes) => throw new InvalidOperationException("Everything was taken.");

    public override void PauseReceiving() => throw new InvalidOperationException("No benchmark waits for a handler.");

    public override void ResumeReceiving()
    {
    }

    public override void ShutdownSend()
    {
    }

    public override void Close() => throw new InvalidOperationException("A benchmark's peer does nothing wrong.");

    /// <summary>The peer's bytes arrive: copied, since they are unmasked where they lie, and within a batch, as a transport's read is.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="pieceLength">How many arrive at once at most.</param>
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
