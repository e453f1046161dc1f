using System.Collections.Immutable;

namespace TPacket.Server.Moderation;

/// <summary>The bans and mutes.</summary>
/// <param name="Entries">The entries by what they are about; some may have ended.</param>
internal sealed record ModerationState(ImmutableDictionary<string, ModerationEntry> Entries)
{
    /// <summary>The entry of a target that has not ended; null for none.</summary>
    /// <param name="key">The target.</param>
    /// <param name="now">The time.</param>
    public ModerationEntry? Find(string? key, DateTimeOffset now) =>
        key is not null && Entries.TryGetValue(key, out var entry) && !(entry.Until <= now) ? entry : null;
}
