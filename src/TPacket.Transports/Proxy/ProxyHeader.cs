using System.Net;

namespace TPacket.Transports.Proxy;

/// <summary>The content of a PROXY header.</summary>
/// <param name="HasAddresses">Whether it has addresses. It has none for the proxy's own connections and for clients that the proxy does not know.</param>
/// <param name="Source">The client's address, or null.</param>
/// <param name="Destination">The address to which the client has connected, or null.</param>
internal sealed record ProxyHeader(bool HasAddresses, EndPoint? Source, EndPoint? Destination)
{
    /// <summary>A header without addresses.</summary>
    public static ProxyHeader Empty { get; } = new(false, null, null);
}
