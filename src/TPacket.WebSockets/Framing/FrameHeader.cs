namespace TPacket.WebSockets.Framing;

/// <summary>The part of a frame before its payload (RFC 6455, section 5.2).</summary>
/// <param name="Fin">Whether this is the last frame of its message.</param>
/// <param name="Opcode">What the frame carries.</param>
/// <param name="Masked">Whether the payload is masked.</param>
/// <param name="MaskingKey">The key as it lies in memory, so that it can be applied to memory as it is.</param>
/// <param name="PayloadLength">Length of the payload in bytes.</param>
/// <param name="Compressed">Whether RSV1 is set: the message that begins here is compressed (RFC 7692, section 6).</param>
internal readonly record struct FrameHeader(bool Fin, Opcode Opcode, bool Masked, uint MaskingKey, long PayloadLength, bool Compressed = false)
{
    /// <summary>Longest header: two bytes, a 64-bit length and a masking key.</summary>
    public const int MaxLength = 14;

    /// <summary>Longest payload of a control frame (section 5.5).</summary>
    public const int MaxControlPayload = 125;

    public bool IsControl => ((byte)Opcode & 0x8) != 0;
}
