namespace TPacket.Interop.Tests.Specifications;

/// <summary>What is exchanged on one connection with compression.</summary>
internal static class CompressedMessages
{
    /// <summary>A text comes twice, so that the second can refer to the first where a side takes over; the long ones fill every window.</summary>
    public static Message[] All { get; } =
    [
        Message.Text(0), Message.Binary(0), Message.Text(1), Message.Text(1000), Message.Text(1000), Message.Binary(1000), Message.Text(65_536), Message.Binary(65_536),
        Message.Text(1 << 20), Message.Binary(300_000), Message.Text(100),
    ];
}
