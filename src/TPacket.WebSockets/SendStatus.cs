namespace TPacket.WebSockets;

/// <summary>Outcome of an attempt to send a message.</summary>
public enum SendStatus
{
    /// <summary>The message is queued or written.</summary>
    Queued,

    /// <summary>
    /// The outbound queue has no room for the message because the peer reads too slowly. The connection calls
    /// <see cref="WebSocketHandler.OnDrained"/> when the queue is empty.
    /// </summary>
    Full,

    /// <summary>The connection is not open.</summary>
    Closed,
}
