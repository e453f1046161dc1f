namespace TPacket.Client;

/// <summary>A ban or a mute.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Target">The nick or the address.</param>
/// <param name="By">The nick of the moderator, or a name that the host has given.</param>
/// <param name="Reason">The reason; may be empty.</param>
/// <param name="Until">The end, by the server's clock; null for no end.</param>
public sealed record Sanction(SanctionKind Kind, string Target, string By, string Reason, DateTimeOffset? Until = null);
