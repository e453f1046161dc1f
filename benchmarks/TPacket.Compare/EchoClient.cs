using System.Buffers.Binary;
using TPacket.WebSockets;

namespace TPacket.Compare;

/// <summary>Has a number of messages under way, and sends another for each that comes back.</summary>
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
        // The first ones come from the thread that has begun the load, while the event loop may have their return.
        lock (_message)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_message, _sent++);
            Connection.Send(MessageType.Binary, _message);
        }
    }
}
