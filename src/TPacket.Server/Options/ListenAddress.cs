using System.Net;

namespace TPacket.Server.Options;

/// <summary>What the address option means.</summary>
internal static class ListenAddress
{
    public const string Localhost = "localhost";
    public const string Any = "any";

    /// <summary>The addresses to bind; of <see cref="Localhost"/>, the second may be missing on a machine without IPv6.</summary>
    public static IPAddress[] Resolve(string address) => address switch
    {
        Localhost => [IPAddress.Loopback, IPAddress.IPv6Loopback],
        Any => [System.Net.Sockets.Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any],
        _ => [IPAddress.Parse(address)],
    };
}
