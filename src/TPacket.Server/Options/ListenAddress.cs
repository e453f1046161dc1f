using System.Net;

namespace TPacket.Server.Options;

/// <summary>Resolves the address option.</summary>
internal static class ListenAddress
{
    public const string Localhost = "localhost";
    public const string Any = "any";

    /// <summary>Returns the addresses to bind. The second address of <see cref="Localhost"/> may be missing on a machine without IPv6.</summary>
    public static IPAddress[] Resolve(string address) => address switch
    {
        Localhost => [IPAddress.Loopback, IPAddress.IPv6Loopback],
        Any => [System.Net.Sockets.Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any],
        _ => [IPAddress.Parse(address)],
    };
}
