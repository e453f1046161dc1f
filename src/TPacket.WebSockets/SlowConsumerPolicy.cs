namespace TPacket.WebSockets;

/// <summary>
/// The way in which a connection ends when its outbound queue overflows. In either case the queue accepts nothing more, so the peer never receives a stream with missing messages.
/// </summary>
public enum SlowConsumerPolicy
{
    /// <summary>
    /// Sends the queued messages and a close frame with status 1013 (try again later), as far as the peer reads them within
    /// <see cref="WebSocketOptions.CloseTimeout"/>.
    /// </summary>
    Disconnect,

    /// <summary>Drops the queued messages and resets the connection at once.</summary>
    Abort,
}
