using TPacket.Protocol;

namespace TPacket.Server;

/// <summary>Manages the bans and mutes of all servers that share a store. <c>AddModeration</c> registers the service. Thread-safe.</summary>
/// <remarks>
/// Every member except <see cref="KickAsync"/> throws a <see cref="RoomStoreException"/> if the store fails or does not answer
/// within <see cref="TPacketServerOptions.StoreTimeout"/>. <see cref="AddAsync"/> and <see cref="LiftAsync"/> need the turn
/// of a room of the engine. They throw an <see cref="InvalidOperationException"/> in work that has the turn of another room,
/// and a <see cref="TimeoutException"/> if earlier changes take longer than <see cref="TPacketServerOptions.TurnTimeout"/>.
/// </remarks>
public interface IModeration
{
    /// <summary>
    /// Adds a ban or a mute, or replaces the entry of the same target.
    /// A ban disconnects the users to which it applies with 1008, on every server, and ends their sessions.
    /// </summary>
    /// <param name="kind">The kind of the entry.</param>
    /// <param name="target">The nick, in any equivalent spelling, or the IP address.</param>
    /// <param name="duration">The duration of the entry, at most 36,500 days; null for no end.</param>
    /// <param name="reason">The reason, which the user receives; at most <see cref="ModerationOptions.MaxReasonBytes"/> bytes of UTF-8.</param>
    /// <param name="by">The name of the moderator, for other moderators.</param>
    /// <exception cref="ArgumentException">The target is not a nick or an IP address, or is too long, or another parameter is out of range.</exception>
    /// <exception cref="InvalidOperationException">The maximum of <see cref="ModerationOptions.MaxEntries"/> entries is reached.</exception>
    ValueTask AddAsync(SanctionKind kind, string target, TimeSpan? duration = null, string reason = "", string by = "");

    /// <summary>Lifts a ban or a mute.</summary>
    /// <param name="kind">The kind of the entry.</param>
    /// <param name="target">The nick, in any equivalent spelling, or the IP address.</param>
    /// <returns>True if there was such an entry.</returns>
    /// <exception cref="ArgumentException">The target is not a nick or an IP address.</exception>
    ValueTask<bool> LiftAsync(SanctionKind kind, string target);

    /// <summary>Returns the bans and mutes in effect, in no particular order.</summary>
    ValueTask<IReadOnlyList<Sanction>> ReadAsync();

    /// <summary>Disconnects a user on any server with 1008, and ends its session. The user may sign in again.</summary>
    /// <param name="userId">The user's id.</param>
    /// <param name="reason">The reason, which the user receives; truncated to 123 bytes of UTF-8.</param>
    /// <returns>True if a server had the user.</returns>
    /// <exception cref="RoomStoreException">Another server could not be reached, or did not answer in time.</exception>
    ValueTask<bool> KickAsync(int userId, string reason);
}
