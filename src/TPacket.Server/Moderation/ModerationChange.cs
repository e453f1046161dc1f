using TPacket.Protocol;

namespace TPacket.Server.Moderation;

/// <summary>A change of the bans and mutes. <see cref="ModerationRules"/> uses it as the command and as the event.</summary>
/// <param name="Key">The key of the entry that is added, replaced or lifted; null for the removal of expired entries.</param>
/// <param name="Entry">The added entry; null if the entry is lifted.</param>
/// <param name="EndedAt">Removes all entries that end at or before this time; null for a change of one entry.</param>
internal sealed record ModerationChange(string? Key, Sanction? Entry, DateTimeOffset? EndedAt);
