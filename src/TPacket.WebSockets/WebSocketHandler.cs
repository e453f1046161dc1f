
namespace TPacket.WebSockets;

/// <summary>
/// The application's side of a <see cref="WebSocketConnection"/>: what happens is pushed to it. <see cref="OnUpgrade"/>, <see cref="OnOpen"/>
/// and <see cref="OnMessage"/> come one at a time, and the next only when the task of the one before is complete; meanwhile nothing is read from
/// the peer. <see cref="OnDrained"/>, <see cref="OnTick"/> and <see cref="OnClosed"/> may come at the same time as any of them.
/// </summary>
public abstract class WebSocketHandler
{
    /// <summary>The connection that this handler serves; set before anything is called.</summary>
    public WebSocketConnection Connection { get; internal set; } = null!;

    /// <summary>A well-formed upgrade request has arrived at a server. Accepts by default.</summary>
    protected internal virtual ValueTask<UpgradeDecision> OnUpgrade(UpgradeRequest request) => new(UpgradeDecision.Accept);

    /// <summary>A client's request was answered: with 101, and <see cref="OnOpen"/> follows, or with a refusal, and <see cref="OnClosed"/> does.</summary>
    protected internal virtual void OnResponse(UpgradeResponse response)
    {
    }

    /// <summary>The connection is open: messages can be sent. An exception closes the connection with 1011.</summary>
    protected internal virtual void OnOpen()
    {
    }

    /// <summary>A whole message has arrived. An exception closes the connection with 1011.</summary>
    /// <param name="type">Text, which is valid UTF-8, or binary.</param>
    /// <param name="payload">Valid until the call returns, not until its task completes: what is needed later has to be copied.</param>
    protected internal abstract ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload);

    /// <summary>What had to wait for a peer that reads slowly is sent: there is room again. Has to be quick. An exception closes the connection with 1011.</summary>
    protected internal virtual void OnDrained()
    {
    }

    /// <summary>The heartbeat's time has moved; deadlines of the application's own are judged here. Has to be quick. An exception closes the connection with 1011.</summary>
    /// <param name="now">The heartbeat's time in milliseconds.</param>
    protected internal virtual void OnTick(long now)
    {
    }

    /// <summary>
    /// A method of this handler has thrown, or <see cref="OnUpgrade"/> has made a decision that cannot be carried out. Called before the connection ends for it; the place to log. What it throws is ignored.
    /// </summary>
    /// <param name="error">What was thrown.</param>
    protected internal virtual void OnFailed(Exception error)
    {
    }

    /// <summary>The connection is gone. Called exactly once, also for one that never opened.</summary>
    protected internal virtual void OnClosed(ConnectionEnd end)
    {
    }
}
