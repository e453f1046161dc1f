using System.Net;
using System.Net.Sockets;
using TPacket.Server.Nicks;

namespace TPacket.Server.Moderation;

/// <summary>Names what a ban or a mute is about: nicks by what they read as, addresses as connections are counted by.</summary>
internal static class ModerationKey
{
    /// <summary>The key of a target; null where it is no nick or address.</summary>
    public static string? Of(ModerationKind kind, string target) => kind switch
    {
        ModerationKind.NickBan or ModerationKind.Mute => NickText.ReadingOf(target) is { Length: > 0 } reading ? Of(kind, (object)reading) : null,
        ModerationKind.AddressBan => IPAddress.TryParse(target, out var address) ? Of(address) : null,
        _ => null,
    };

    /// <summary>The key of a ban of a client's address; null for a client without one.</summary>
    public static string? Of(EndPoint? endPoint) => endPoint is IPEndPoint { Address: var address } ? Of(address) : null;

    private static string Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return Of(ModerationKind.AddressBan, address);
        // The part of an IPv6 address that one subscriber gets.
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return Of(ModerationKind.AddressBan, new IPAddress(bytes));
    }

    private static string Of(ModerationKind kind, object target) => $"{(int)kind}:{target}";
}
