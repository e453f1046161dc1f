namespace TPacket.Server.Sessions.Limits;

/// <summary>
/// The unit of the limit per address: an IPv4 address, or the /64 prefix of an IPv6
/// address, because one customer of a provider usually has a whole /64 network.
/// </summary>
internal readonly record struct AddressKey(ulong Prefix, bool IsIPv6);
