using System.Net;

namespace TPacket.Transports;

/// <summary>Who is trusted to say where a connection comes from, and how much it may say. On an endpoint with these options nobody else is served.</summary>
public sealed record ProxyOptions
{
    /// <summary>The proxies' networks. None by default, so that nobody is trusted who was not named.</summary>
    /// <remarks>
    /// An IPv4 address is the same in its IPv6 form (::ffff:0:0/96). A peer without an IP address, on a Unix domain socket, is trusted: the permissions of the file say who may connect.
    /// </remarks>
    public IReadOnlyList<IPNetwork> TrustedNetworks { get; init; } = [];

    /// <summary>The longest header of version 2 in bytes, with all that it carries; 16 to 65551. 4096 by default. Version 1 has a bound of its own, 107.</summary>
    public int MaxHeaderLength { get; init; } = 4096;

    /// <summary>How long a <see cref="ProxyListener"/> waits for a header, from the accepted connection on. 5 seconds by default.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a <see cref="ProxyListener"/> looks at the deadlines of all its headers, which are late by up to this. 1 second by default.</summary>
    public TimeSpan DeadlinePeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether a peer may say where its connections come from.</summary>
    internal bool Trusts(EndPoint? peer)
    {
        if (peer is not IPEndPoint { Address: var address })
            return true;
        var mapped = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in TrustedNetworks)
        {
            if (network.Contains(mapped) || network.Contains(address))
                return true;
        }

        return false;
    }
}
