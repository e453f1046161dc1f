namespace TPacket.Server;

/// <summary>Bans and mutes of all servers that share a store. A service of a host that has called <c>AddModeration</c>. Thread-safe; not to be called in the turn of a room.</summary>
/// <remarks>Every member but <see cref="KickAsync"/> throws a <see cref="RoomStoreException"/> when the store fails or does not answer within <see cref="TPacketServerOptions.StoreTimeout"/>.</remarks>
public interface IModeration
{
    /// <summary>Adds a ban or a mute, or replaces that of the same target. A ban disconnects the users that it is about, on every server, with 1008, and ends their sessions.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="target">The nick, in any spelling, or the address.</param>
    /// <param name="duration">How long it lasts, at most 36,500 days; null for no end.</param>
    /// <param name="reason">The reason, for the user; at most <see cref="ModerationOptions.MaxReasonBytes"/>.</param>
    /// <param name="by">Who has decided it.</param>
    /// <exception cref="ArgumentException">The target is no nick or address, it is longer than one, or another parameter is out of its range.</exception>
    /// <exception cref="InvalidOperationException">There are <see cref="ModerationOptions.MaxEntries"/> bans and mutes.</exception>
    ValueTask AddAsync(ModerationKind kind, string target, TimeSpan? duration = null, string reason = "", string by = "");

    /// <summary>Lifts a ban or a mute.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="target">The nick, in any spelling, or the address.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="ArgumentException">The target is no nick or address.</exception>
    ValueTask<bool> LiftAsync(ModerationKind kind, string target);

    /// <summary>Reads the bans and mutes that have not ended, in no order.</summary>
    ValueTask<IReadOnlyList<ModerationEntry>> ReadAsync();

    /// <summary>Disconnects a user, on whatever server, with 1008, and ends its session. It may sign in again.</summary>
    /// <param name="userId">The user's id.</param>
    /// <param name="reason">For people; cut at 123 bytes of UTF-8.</param>
    /// <returns>Whether a server had the user.</returns>
    /// <exception cref="RoomStoreException">The other servers could not be asked.</exception>
    ValueTask<bool> KickAsync(int userId, string reason);
}
