using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Specifications;

/// <summary>Lengths of messages: around the three forms of a frame's length (RFC 6455, section 5.2), and longer than any buffer.</summary>
public sealed class Sizes : TheoryData<MessageType, int>
{
    public Sizes()
    {
        foreach (var length in new[] { 0, 1, 125, 126, 65535, 65536, 1 << 20 })
        {
            Add(MessageType.Text, length);
            Add(MessageType.Binary, length);
        }

        // Text takes the same path as binary data and is validated too; long messages of both kinds would take twice the time.
        Add(MessageType.Text, 16 << 20);
    }
}
