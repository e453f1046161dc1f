using System.Net;
using System.Net.Sockets;
using TPacket.Protocol;
using TPacket.Server.Nicks;

namespace TPacket.Server.Moderation;

/// <summary>Computes the keys of bans and mutes from the reading of a nick or from an address. The key of an IPv6 address is the key of its /64 network.</summary>
internal static class ModerationKey
{
    /// <summary>Returns the key of a target; null if it is not a nick or an address.</summary>
    public static string? Of(SanctionKind kind, string target) => kind switch
    {
        SanctionKind.NickBan or SanctionKind.Mute => NickText.ReadingOf(target) is { Length: > 0 } reading ? Of(kind, (object)reading) : null,
        SanctionKind.AddressBan => IPAddress.TryParse(target, out var address) ? Of(address) : null,
        _ => null,
    };

    /// <summary>Returns the key of a ban of a client's address; null if the client has no address.</summary>
    public static string? Of(EndPoint? endPoint) => endPoint is IPEndPoint { Address: var address } ? Of(address) : null;

    private static string Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return Of(SanctionKind.AddressBan, address);
        // A provider usually assigns a whole /64 network to a customer, who can use any address in the network.
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return Of(SanctionKind.AddressBan, new IPAddress(bytes));
    }

    private static string Of(SanctionKind kind, object target) => $"{(int)kind}:{target}";
}
