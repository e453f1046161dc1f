using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Specifications;

/// <summary>Lengths of messages: around the three forms of a frame's length (RFC 6455, section 5.2), and more than any buffer takes at once.</summary>
public sealed class Sizes : TheoryData<MessageType, int>
{
    public Sizes()
    {
        foreach (var length in new[] { 0, 1, 125, 126, 65535, 65536, 1 << 20 })
        {
            Add(MessageType.Text, length);
            Add(MessageType.Binary, length);
        }

        // What binary messages do, text does too, and is checked besides; making so much of either takes its time.
        Add(MessageType.Text, 16 << 20);
    }
}
