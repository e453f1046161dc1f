namespace TPacket.WebSockets;

/// <summary>The connection has ended otherwise than by a closing handshake, or is ending, while something was to be sent or received.</summary>
/// <param name="end">How it ended, as far as that is known.</param>
public sealed class WebSocketEndedException(ConnectionEnd end)
    : IOException($"The WebSocket has ended: {end.Cause}{(end.Reason.Length > 0 ? ", " : "")}{end.Reason}.")
{
    /// <summary>How the connection ended; its cause is <see cref="EndCause.None"/> where it is only about to.</summary>
    public ConnectionEnd End => end;
}
