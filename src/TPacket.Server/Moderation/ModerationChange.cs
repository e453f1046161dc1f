namespace TPacket.Server.Moderation;

/// <summary>A change of the bans and mutes, as it is asked for and as it is kept.</summary>
/// <param name="Key">The target of <see cref="Entry"/>, or that of the entry that is lifted; null where entries have ended.</param>
/// <param name="Entry">The entry; null where it is lifted.</param>
/// <param name="EndedAt">Entries that end at this time or before are over; null for a change of one entry.</param>
internal sealed record ModerationChange(string? Key, ModerationEntry? Entry, DateTimeOffset? EndedAt);
