namespace TPacket.WebSockets;

/// <summary>The two kinds of messages (RFC 6455, section 5.6). The values are the wire's opcodes.</summary>
public enum MessageType : byte
{
    /// <summary>UTF-8 text.</summary>
    Text = 0x1,

    /// <summary>Bytes.</summary>
    Binary = 0x2,
}
