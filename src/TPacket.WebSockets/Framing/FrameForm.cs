namespace TPacket.WebSockets.Framing;

/// <summary>How a message or a control frame is written as one frame.</summary>
/// <param name="Opcode">What it carries.</param>
/// <param name="Masked">Whether its payload is masked, as a client's are (RFC 6455, section 5.1).</param>
/// <param name="Compressed">Whether its payload is compressed (RFC 7692, section 6).</param>
internal readonly record struct FrameForm(Opcode Opcode, bool Masked = false, bool Compressed = false);
