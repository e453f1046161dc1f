using System.Net;

namespace TPacket.Transports;

/// <summary>Options of a <see cref="ProxyListener"/>, which accepts connections from trusted proxies only.</summary>
public sealed record ProxyOptions
{
    /// <summary>The networks of the trusted proxies. Default: none.</summary>
    /// <remarks>
    /// An IPv4 address and its IPv6 form (::ffff:0:0/96) are equal. A peer on a Unix domain socket is always trusted, since the permissions of the file control who may connect.
    /// </remarks>
    public IReadOnlyList<IPNetwork> TrustedNetworks { get; init; } = [];

    /// <summary>
    /// The length in bytes of the longest header of version 2, with its addresses and vectors: 16 to 65,551. Default: 4,096. A header of version
    /// 1 has at most 107 bytes.
    /// </summary>
    public int MaxHeaderLength { get; init; } = 4096;

    /// <summary>The time from the acceptance of a connection within which its header must arrive. Default: 5 seconds.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The period of the timer that checks the deadlines of all headers. A connection ends up to one period after its deadline. Default: 1 second.
    /// </summary>
    public TimeSpan DeadlinePeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Returns whether a peer is a trusted proxy.</summary>
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
