namespace TPacket.Server.Sessions.Limits;

/// <summary>What counts as one address: an IPv4 address, or the /64 of an IPv6 address, which is what one subscriber gets.</summary>
internal readonly record struct AddressKey(ulong Prefix, bool IsIPv6);
