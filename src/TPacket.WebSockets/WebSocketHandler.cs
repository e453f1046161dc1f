namespace TPacket.WebSockets;

/// <summary>
/// The application's handler of a <see cref="WebSocketConnection"/>. The connection calls <see cref="OnUpgrade"/>, <see cref="OnResponse"/>, <see cref="OnOpen"/> and <see cref="OnMessage"/> one at a
/// time. While the task of <see cref="OnUpgrade"/> or <see cref="OnMessage"/> is incomplete, the connection calls none of these four methods and reads nothing from the peer. It may call
/// <see cref="OnDrained"/>, <see cref="OnTick"/>, <see cref="OnFailed"/> and <see cref="OnClosed"/> concurrently with all other methods. The methods run on threads of the transport and of the
/// heartbeat, which serve other connections as well: no method may block.
/// </summary>
public abstract class WebSocketHandler
{
    /// <summary>The connection that this handler serves; set before any method is called.</summary>
    public WebSocketConnection Connection { get; internal set; } = null!;

    /// <summary>
    /// Called on a server when a valid upgrade request has arrived. The default accepts the request. An exception, or a decision that cannot be carried out, rejects the request with 500.
    /// </summary>
    /// <param name="request">The request, which the handler may keep.</param>
    /// <returns>The decision. The request's deadline is <see cref="WebSocketOptions.HandshakeTimeout"/>.</returns>
    protected internal virtual ValueTask<UpgradeDecision> OnUpgrade(UpgradeRequest request) => new(UpgradeDecision.Accept);

    /// <summary>
    /// Called on a client when the server has answered the upgrade request. <see cref="OnOpen"/> follows if the server accepted it, otherwise <see cref="OnClosed"/>. An exception ends the connection.
    /// </summary>
    /// <param name="response">The response, which the handler may keep.</param>
    protected internal virtual void OnResponse(UpgradeResponse response)
    {
    }

    /// <summary>Called when the connection is open: messages can be sent. An exception closes the connection with 1011.</summary>
    protected internal virtual void OnOpen()
    {
    }

    /// <summary>Called when a complete message has arrived. An exception closes the connection with 1011.</summary>
    /// <param name="type">Text, which is valid UTF-8, or binary.</param>
    /// <param name="payload">The payload, in a buffer of the connection. It is valid until the call returns, not until the returned task completes.</param>
    /// <returns>A task that delays the next message until it completes.</returns>
    protected internal abstract ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload);

    /// <summary>Called when all messages that waited for a slow peer have been written. Must not block. An exception closes the connection with 1011.</summary>
    protected internal virtual void OnDrained()
    {
    }

    /// <summary>
    /// Called at each beat of the <see cref="Heartbeat"/>; the place to check deadlines of the application. Must not block. An exception closes
    /// the connection with 1011.
    /// </summary>
    /// <param name="now">The heartbeat's time in milliseconds.</param>
    protected internal virtual void OnTick(long now)
    {
    }

    /// <summary>
    /// Called when another method of this handler has thrown, or <see cref="OnUpgrade"/> has returned a decision that cannot be carried out; the place to log the error. The connection ends afterwards.
    /// An exception of this method is ignored.
    /// </summary>
    /// <param name="error">The exception.</param>
    protected internal virtual void OnFailed(Exception error)
    {
    }

    /// <summary>Called exactly once, when the transport is closed, even if the connection never opened.</summary>
    /// <param name="end">How the connection ended.</param>
    protected internal virtual void OnClosed(ConnectionEnd end)
    {
    }
}
