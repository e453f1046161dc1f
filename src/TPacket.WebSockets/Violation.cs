namespace TPacket.WebSockets;

/// <summary>What a peer did wrong, and the close that answers it.</summary>
/// <param name="Status">The status code of the close frame.</param>
/// <param name="Reason">For the close frame, the log and the metrics: a constant, at most 123 bytes.</param>
internal readonly record struct Violation(CloseStatus Status, string Reason);
