using System.Collections.Immutable;
using TPacket.Protocol;

namespace TPacket.Server.Moderation;

/// <summary>The bans and mutes.</summary>
/// <param name="Entries">The entries by key. Entries may have expired.</param>
internal sealed record ModerationState(ImmutableDictionary<string, Sanction> Entries)
{
    /// <summary>Returns the entry of a key; null if there is none in effect.</summary>
    /// <param name="key">The key of the target.</param>
    /// <param name="now">The time.</param>
    public Sanction? Find(string? key, DateTimeOffset now) =>
        key is not null && Entries.TryGetValue(key, out var entry) && !(entry.Until <= now) ? entry : null;
}
