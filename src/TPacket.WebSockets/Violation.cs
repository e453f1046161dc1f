namespace TPacket.WebSockets;

/// <summary>A peer's violation of the protocol, with the status and the reason of the close frame that answers it.</summary>
/// <param name="Status">The status of the close frame.</param>
/// <param name="Reason">The reason in the close frame, the log and the metrics: a constant of at most 123 bytes.</param>
internal readonly record struct Violation(CloseStatus Status, string Reason);
