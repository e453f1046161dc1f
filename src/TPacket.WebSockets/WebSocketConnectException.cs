
namespace TPacket.WebSockets;

/// <summary>A server could not be reached, or has not upgraded the connection.</summary>
public sealed class WebSocketConnectException : IOException
{
    internal WebSocketConnectException(ConnectionEnd end, UpgradeResponse? response, Exception? inner = null)
        : base($"Cannot connect: {end.Reason}{(string.IsNullOrWhiteSpace(response?.Body) ? "" : $" ({response.Body.Trim()})")}.", inner) => (End, Response) = (end, response);

    /// <summary>How the attempt ended.</summary>
    public ConnectionEnd End { get; }

    /// <summary>The server's answer, where there was one.</summary>
    public UpgradeResponse? Response { get; }
}
