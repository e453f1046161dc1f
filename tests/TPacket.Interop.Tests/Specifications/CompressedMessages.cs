namespace TPacket.Interop.Tests.Specifications;

/// <summary>The messages of one connection with compression.</summary>
internal static class CompressedMessages
{
    /// <summary>One text is sent twice, so that the second can refer to the first with context takeover; the long texts fill every window.</summary>
    public static Message[] All { get; } =
    [
        Message.Text(0), Message.Binary(0), Message.Text(1), Message.Text(1000), Message.Text(1000), Message.Binary(1000), Message.Text(65_536), Message.Binary(65_536),
        Message.Text(1 << 20), Message.Binary(300_000), Message.Text(100),
    ];
}
