using System.Net;
using System.Net.Sockets;

namespace TPacket.Server.Options;

/// <summary>What an entry of the list of trusted proxies means.</summary>
internal static class TrustedProxy
{
    /// <summary>Those that are trusted where the list is empty.</summary>
    public static readonly IPNetwork[] Loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <summary>Reads an address or a network.</summary>
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
