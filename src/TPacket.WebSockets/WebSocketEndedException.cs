namespace TPacket.WebSockets;

/// <summary>Thrown by a send or receive when the connection is closing, or has ended without a closing handshake.</summary>
/// <param name="end">How the connection ended, as far as known.</param>
public sealed class WebSocketEndedException(ConnectionEnd end)
    : IOException($"The WebSocket has ended: {end.Cause}{(end.Reason.Length > 0 ? ", " : "")}{end.Reason}.")
{
    /// <summary>How the connection ended; its cause is <see cref="EndCause.None"/> if the end has not been recorded yet.</summary>
    public ConnectionEnd End => end;
}
