using System.Net;

namespace TPacket.Transports.Proxy;

/// <summary>The content of a PROXY header.</summary>
/// <param name="HasAddresses">Whether the header has addresses. The header of a proxy's own connection, or of a client that the proxy does not know, has none.</param>
/// <param name="Source">The client's address, or null.</param>
/// <param name="Destination">The address to which the client has connected, or null.</param>
internal sealed record ProxyHeader(bool HasAddresses, EndPoint? Source, EndPoint? Destination)
{
    /// <summary>A header without addresses.</summary>
    public static ProxyHeader Empty { get; } = new(false, null, null);
}
