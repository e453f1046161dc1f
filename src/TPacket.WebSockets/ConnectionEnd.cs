namespace TPacket.WebSockets;

/// <summary>How a connection ended.</summary>
/// <param name="Cause">The first event that led to the end.</param>
/// <param name="Status">The status of the close frame that began the closing handshake; <see cref="CloseStatus.AbnormalClosure"/> if none was sent or received.</param>
/// <param name="Reason">The reason in the close frame, or a description of the error. A reason that the peer sent is untrusted input.</param>
public readonly record struct ConnectionEnd(EndCause Cause, CloseStatus Status, string Reason);
