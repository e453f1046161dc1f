namespace TPacket.WebSockets;

/// <summary>Thrown when a client cannot reach a server, or the server does not upgrade the connection.</summary>
public sealed class WebSocketConnectException : IOException
{
    internal WebSocketConnectException(ConnectionEnd end, UpgradeResponse? response, Exception? inner = null)
        : base($"Cannot connect: {end.Reason}{(string.IsNullOrWhiteSpace(response?.Body) ? "" : $" ({response.Body.Trim()})")}.", inner) => (End, Response) = (end, response);

    /// <summary>How the attempt ended.</summary>
    public ConnectionEnd End { get; }

    /// <summary>The server's response; null if none arrived.</summary>
    public UpgradeResponse? Response { get; }
}
