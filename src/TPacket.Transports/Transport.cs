using System.Net;

namespace TPacket.Transports;

/// <summary>A way to listen for connections.</summary>
public abstract class Transport
{
    /// <summary>Binds and listens; connections wait in the backlog until <see cref="TransportListener.Start"/>.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    public abstract TransportListener Bind(EndPoint endPoint);
}
