using System.Buffers.Binary;
using TPacket.WebSockets;

namespace TPacket.Compare;

/// <summary>Keeps a number of messages in flight, and sends a message for each that returns.</summary>
internal sealed class EchoClient(Load load, int length, int depth) : LoadClient(load)
{
    private readonly byte[] _message = new byte[length];
    private int _sent;
    private int _received;

    public override long Owed => Volatile.Read(ref _sent);

    public override void Talk()
    {
        for (var i = 0; i < depth; i++)
            SendNext();
    }

    protected override void OnOpen() => SetReady();

    protected override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
    {
        Load.Count(payload.Length == length && BinaryPrimitives.ReadInt32LittleEndian(payload) == _received++);
        if (!Load.Stopping)
            SendNext();
        return default;
    }

    private void SendNext()
    {
        // The thread that starts the load sends the first messages, while the event loop may already receive their echoes.
        lock (_message)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_message, _sent++);
            Connection.Send(MessageType.Binary, _message);
        }
    }
}
