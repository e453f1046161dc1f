namespace TPacket.Protocol;

/// <summary>A ban or a mute.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Target">The nick or the IP address. An IPv6 address stands for its /64 network.</param>
/// <param name="Until">The end, by the server's clock; null for no end.</param>
/// <param name="By">The nick of the moderator, or another name that the host has given.</param>
/// <param name="Reason">The reason, which the user receives; may be empty.</param>
public sealed record Sanction(SanctionKind Kind, string Target, DateTimeOffset? Until, string By, string Reason);
