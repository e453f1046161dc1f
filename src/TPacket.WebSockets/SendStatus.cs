namespace TPacket.WebSockets;

/// <summary>What became of a message that was to be sent.</summary>
public enum SendStatus
{
    /// <summary>It is queued, or sent already.</summary>
    Queued,

    /// <summary>The peer reads too slowly: the outbound queue has no room for it now. <see cref="WebSocketHandler.OnDrained"/> tells when it has.</summary>
    Full,

    /// <summary>The connection takes nothing more.</summary>
    Closed,
}
