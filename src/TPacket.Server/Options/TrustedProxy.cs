using System.Net;
using System.Net.Sockets;

namespace TPacket.Server.Options;

/// <summary>Parses the entries of the list of trusted proxies.</summary>
internal static class TrustedProxy
{
    // Trusted if the list is empty.
    private static readonly IPNetwork[] _loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <summary>Returns the networks of a validated list.</summary>
    public static IPNetwork[] All(IList<string> list) =>
        list.Count == 0 ? _loopback : [.. list.Select(static text => TryParse(text, out var network) ? network : throw new FormatException($"'{text}' is not an IP address or a network."))];

    /// <summary>Parses an address or a network.</summary>
    public static bool TryParse(string? text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network))
            return true;
        if (!IPAddress.TryParse(text, out var address))
            return false;
        network = new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        return true;
    }
}
