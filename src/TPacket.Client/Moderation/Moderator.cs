using System.Globalization;
using System.Text.Json;
using TPacket.Client.Moderation;
using TPacket.Protocol;

namespace TPacket.Client;

/// <summary>
/// The requests of a moderator (docs/protocol.md, Moderation). Every method except <see cref="ListAsync"/> sends one packet, and completes when the server has
/// replied. The server refuses the requests of users who are not moderators, and all requests if the host has not enabled moderation. Thread-safe.
/// </summary>
/// <param name="client">The moderator's client. The caller keeps ownership.</param>
public sealed class Moderator(TPacketClient client)
{
    private const int Nick = 0;
    private const int Address = 1;
    private const int AddressOfUser = 2;
    private const int None = 0;

    // The maximum number of bans and mutes that a server can be configured to keep.
    private const int MaxEntries = 65_536;

    /// <summary>Disconnects a user and ends its session. The user may sign in again.</summary>
    /// <param name="userId">The id of the user, who may be in another room or on another server.</param>
    /// <param name="reason">The reason, which the user receives.</param>
    /// <param name="cancellationToken">Ends the wait; the server may handle the request nevertheless.</param>
    /// <exception cref="RequestRefusedException">
    /// The server refuses the request: the user is not a moderator (-6), a parameter is invalid or the target does not exist (-4),
    /// or the host has not enabled moderation (-2).
    /// </exception>
    /// <exception cref="RequestTimeoutException">No reply arrives within <see cref="TPacketClientOptions.Timeout"/>.</exception>
    /// <exception cref="RequestLostException">The connection is lost. The server may have handled the request; the client does not repeat it.</exception>
    /// <exception cref="TPacketClientException">The client is not ready, or too many requests wait; nothing is sent.</exception>
    public Task KickAsync(int userId, string reason = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return RequestAsync(PacketCommand.Kick, reason, userId, None, cancellationToken);
    }

    /// <summary>Bans a nick: the server disconnects the user that has it, and rejects the nick until the ban ends.</summary>
    /// <inheritdoc cref="KickAsync"/>
    /// <param name="nick">The nick.</param>
    /// <param name="duration">The time until the ban ends, rounded up to seconds; null for no end.</param>
    /// <param name="reason">The reason, which the user receives.</param>
    /// <param name="cancellationToken">Ends the wait; the server may handle the request nevertheless.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is not positive, or longer than 2^31 - 1 seconds.</exception>
    public Task BanNickAsync(string nick, TimeSpan? duration = null, string reason = "", CancellationToken cancellationToken = default) =>
        SanctionAsync(PacketCommand.Ban, nick, duration, reason, Nick, cancellationToken);

    /// <summary>Lifts the ban of a nick.</summary>
    /// <inheritdoc cref="KickAsync"/>
    /// <param name="nick">The nick.</param>
    /// <param name="cancellationToken">Ends the wait; the server may handle the request nevertheless.</param>
    public Task UnbanNickAsync(string nick, CancellationToken cancellationToken = default) => LiftAsync(PacketCommand.Unban, nick, Nick, cancellationToken);

    /// <summary>
    /// Bans an IP address: the server disconnects users that are connected from it, and rejects users that sign in from it until the ban ends.
    /// The ban of an IPv6 address covers all addresses with the same first 64 bits.
    /// </summary>
    /// <inheritdoc cref="BanNickAsync"/>
    /// <param name="address">The address as text.</param>
    /// <param name="duration">The time until the ban ends, rounded up to seconds; null for no end.</param>
    /// <param name="reason">The reason, which the users receive.</param>
    /// <param name="cancellationToken">Ends the wait; the server may handle the request nevertheless.</param>
    public Task BanAddressAsync(string address, TimeSpan? duration = null, string reason = "", CancellationToken cancellationToken = default) =>
        SanctionAsync(PacketCommand.Ban, address, duration, reason, Address, cancellationToken);

    /// <summary>Bans the IP address from which a user is connected. The moderator does not learn the address.</summary>
    /// <inheritdoc cref="BanNickAsync"/>
    /// <param name="userId">The id of the user, who may be in another room or on another server.</param>
    /// <param name="duration">The time until the ban ends, rounded up to seconds; null for no end.</param>
    /// <param name="reason">The reason, which the users receive.</param>
    /// <param name="cancellationToken">Ends the wait; the server may handle the request nevertheless.</param>
    public Task BanAddressOfAsync(int userId, TimeSpan? duration = null, string reason = "", CancellationToken cancellationToken = default) =>
        SanctionAsync(PacketCommand.Ban, userId.ToString(CultureInfo.InvariantCulture), duration, reason, AddressOfUser, cancellationToken);

    /// <summary>Lifts the ban of an IP address.</summary>
    /// <inheritdoc cref="KickAsync"/>
    /// <param name="address">The address as text.</param>
    /// <param name="cancellationToken">Ends the wait; the server may handle the request nevertheless.</param>
    public Task UnbanAddressAsync(string address, CancellationToken cancellationToken = default) => LiftAsync(PacketCommand.Unban, address, Address, cancellationToken);

    /// <summary>Mutes the user of a nick: the server refuses the user's messages until the mute ends.</summary>
    /// <inheritdoc cref="BanNickAsync"/>
    /// <param name="nick">The nick.</param>
    /// <param name="duration">The time until the mute ends, rounded up to seconds; null for no end.</param>
    /// <param name="reason">The reason, which the user receives.</param>
    /// <param name="cancellationToken">Ends the wait; the server may handle the request nevertheless.</param>
    public Task MuteAsync(string nick, TimeSpan? duration = null, string reason = "", CancellationToken cancellationToken = default) =>
        SanctionAsync(PacketCommand.Mute, nick, duration, reason, None, cancellationToken);

    /// <summary>Lifts the mute of a nick.</summary>
    /// <inheritdoc cref="KickAsync"/>
    /// <param name="nick">The nick.</param>
    /// <param name="cancellationToken">Ends the wait; the server may handle the request nevertheless.</param>
    public Task UnmuteAsync(string nick, CancellationToken cancellationToken = default) => LiftAsync(PacketCommand.Unmute, nick, None, cancellationToken);

    /// <summary>
    /// Lists the current bans and mutes, ordered by kind and target. The server sends pages of up to 64 entries; if the list changes between two pages,
    /// an entry can be missing or appear twice. The list ends once it has more than 65,536 entries, which is more than a server keeps.
    /// </summary>
    /// <inheritdoc cref="KickAsync"/>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="JsonException">A reply is not a page of bans and mutes.</exception>
    public async Task<IReadOnlyList<Sanction>> ListAsync(CancellationToken cancellationToken = default)
    {
        List<Sanction> sanctions = [];
        while (true)
        {
            var reply = await client.RequestAsync(new Packet((int)PacketCommand.ListBans, p1: sanctions.Count), cancellationToken: cancellationToken).ConfigureAwait(false);
            var page = JsonSerializer.Deserialize(reply.Data.Span, SanctionJson.Default.SanctionArray) ?? [];
            sanctions.AddRange(page);
            // The third condition ends the loop if a server sends pages without end.
            if (page.Length == 0 || sanctions.Count >= reply.P1 || sanctions.Count > MaxEntries)
                return sanctions;
        }
    }

    /// <summary>Deletes a message from the log of the client's room.</summary>
    /// <inheritdoc cref="KickAsync"/>
    /// <param name="offset">The <see cref="ClientEvent.Offset"/> of the message.</param>
    /// <param name="cancellationToken">Ends the wait; the server may handle the request nevertheless.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is negative.</exception>
    public Task DeleteMessageAsync(long offset, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return RequestAsync(PacketCommand.DeleteMsg, "", unchecked((int)offset), (int)(offset >> 32), cancellationToken);
    }

    private Task<Packet> SanctionAsync(PacketCommand command, string target, TimeSpan? duration, string reason, int kind, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(reason);
        // The server would read the text after a line feed as the reason.
        if (target.Contains('\n', StringComparison.Ordinal))
            throw new ArgumentException("A nick or an address has no line feed.", nameof(target));
        return RequestAsync(command, reason.Length == 0 ? target : $"{target}\n{reason}", Seconds.From(duration, nameof(duration)), kind, cancellationToken);
    }

    private Task<Packet> LiftAsync(PacketCommand command, string target, int kind, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        return RequestAsync(command, target, 0, kind, cancellationToken);
    }

    private Task<Packet> RequestAsync(PacketCommand command, string data, int p1, int p2, CancellationToken cancellationToken) =>
        client.RequestAsync(new Packet((int)command, data, p1, p2), cancellationToken: cancellationToken);
}
