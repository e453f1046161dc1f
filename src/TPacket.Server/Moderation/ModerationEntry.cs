namespace TPacket.Server;

/// <summary>A ban or a mute.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Target">The nick, or the address; of an IPv6 address the first 64 bits count.</param>
/// <param name="Until">When it ends; null for never.</param>
/// <param name="By">The nick of the moderator, or another name of who has decided it.</param>
/// <param name="Reason">The reason, for the user that it is about; may be empty.</param>
public sealed record ModerationEntry(ModerationKind Kind, string Target, DateTimeOffset? Until, string By, string Reason);
