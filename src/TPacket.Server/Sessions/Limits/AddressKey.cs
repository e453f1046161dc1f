namespace TPacket.Server.Sessions.Limits;

/// <summary>The unit of the limit of one address: an IPv4 address, or the /64 prefix of an IPv6 address, which is the share of one subscriber.</summary>
internal readonly record struct AddressKey(ulong Prefix, bool IsIPv6);
