namespace TPacket.WebSockets;

/// <summary>How a connection ended.</summary>
/// <param name="Cause">What began the end.</param>
/// <param name="Status">The status of the close frame that began it, or <see cref="CloseStatus.AbnormalClosure"/> where none did.</param>
/// <param name="Reason">The close frame's reason, or a word on what happened. What a peer sent is as untrusted as any of its input.</param>
public readonly record struct ConnectionEnd(EndCause Cause, CloseStatus Status, string Reason);
