namespace TPacket.WebSockets.Framing;

/// <summary>Header of a frame (RFC 6455, section 5.2).</summary>
/// <param name="Fin">Whether the frame is the last frame of its message.</param>
/// <param name="Opcode">The opcode.</param>
/// <param name="Masked">Whether the payload is masked.</param>
/// <param name="MaskingKey">The masking key in the byte order of memory, as <see cref="Masking.Apply"/> uses it.</param>
/// <param name="PayloadLength">Length of the payload in bytes.</param>
/// <param name="Compressed">Whether RSV1 is set: the message that begins with this frame is compressed (RFC 7692, section 6).</param>
internal readonly record struct FrameHeader(bool Fin, Opcode Opcode, bool Masked, uint MaskingKey, long PayloadLength, bool Compressed = false)
{
    /// <summary>Maximum length of a header in bytes: two bytes, a 64-bit length and a masking key.</summary>
    public const int MaxLength = 14;

    /// <summary>Maximum length of a control frame's payload in bytes (section 5.5).</summary>
    public const int MaxControlPayload = 125;

    public bool IsControl => ((byte)Opcode & 0x8) != 0;
}
