using System.Buffers.Binary;
using TPacket.WebSockets;

namespace TPacket.Compare;

/// <summary>Has a number of messages under way, and sends another for each that comes back.</summary>
internal sealed class EchoClient(Load load, int length, int depth) : LoadClient
{
    private readonly byte[] _message = new byte[length];
    private int _sent;
    private int _received;

    public override void Talk()
    {
        for (var i = 0; i < depth; i++)
            SendNext();
    }

    protected override void OnOpen() => SetReady();

    protected override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
    {
        load.Count(payload.Length == length && BinaryPrimitives.ReadInt32LittleEndian(payload) == _received++);
        if (!load.Stopping)
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
