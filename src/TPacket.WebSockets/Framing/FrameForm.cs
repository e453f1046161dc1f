namespace TPacket.WebSockets.Framing;

/// <summary>Properties of a frame to write, other than its payload.</summary>
/// <param name="Opcode">The opcode.</param>
/// <param name="Masked">Whether the payload is masked, as in all frames of a client (RFC 6455, section 5.1).</param>
/// <param name="Compressed">Whether the payload is compressed (RFC 7692, section 6).</param>
internal readonly record struct FrameForm(Opcode Opcode, bool Masked = false, bool Compressed = false);
