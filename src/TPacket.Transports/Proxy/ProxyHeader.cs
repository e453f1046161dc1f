using System.Net;

namespace TPacket.Transports.Proxy;

/// <summary>What a proxy says of the connection that it passes on.</summary>
/// <param name="HasAddresses">Whether it says anything; otherwise the connection is the proxy's own, or of a kind that it cannot tell.</param>
/// <param name="Source">The client's address, or null where it has none.</param>
/// <param name="Destination">The address that the client has connected to, or null where it has none.</param>
internal sealed record ProxyHeader(bool HasAddresses, EndPoint? Source, EndPoint? Destination)
{
    /// <summary>Says nothing.</summary>
    public static ProxyHeader Empty { get; } = new(false, null, null);
}
