using System.Net;
using System.Text;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Payloads;
using TPacket.Server.Rooms;
using TPacket.Server.Rules.State;

namespace TPacket.Server.Moderation;

/// <summary>Stores bans and mutes in the log of a room, and disconnects banned users. The room is opened on first use and stays open.</summary>
/// <param name="rooms">The rooms of this server.</param>
/// <param name="users">The users of this server.</param>
/// <param name="cluster">The users of all servers.</param>
/// <param name="timeProvider">The clock by which entries end.</param>
/// <param name="options">Has the limit of reasons.</param>
/// <param name="serverOptions">Has the limit of nicks, and whether look-alike nicks count as equal.</param>
internal sealed class ModerationLedger(
    IRoomDirectory rooms, IUserDirectory users, ICluster cluster, TimeProvider timeProvider, ModerationOptions options, IOptions<TPacketServerOptions> serverOptions) : IModeration, IRoomObserver
{
    // More bytes than the text of an address needs. The limit bounds addresses with leading zeros.
    private const int MaxAddressBytes = 64;

    private static readonly TimeSpan _longest = TimeSpan.FromDays(36_500);

    private readonly JsonPayloadSerializer _serializer = new(ModerationJson.Default);
    private readonly Lock _gate = new();
    private Task<RoomHandle>? _opening;
    private volatile ModerationIndex? _index;

    public DateTimeOffset Now => timeProvider.GetUtcNow();

    public async ValueTask AddAsync(SanctionKind kind, string target, TimeSpan? duration, string reason, string by)
    {
        if (await TryAddAsync(kind, target, duration, reason, by).ConfigureAwait(false) is { } refusal)
            throw new InvalidOperationException(refusal);
    }

    /// <summary>Adds a ban or a mute, as <see cref="AddAsync"/> does.</summary>
    /// <returns>The reason for a refusal; null if the entry was added.</returns>
    public async ValueTask<string?> TryAddAsync(SanctionKind kind, string target, TimeSpan? duration, string reason, string by)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(reason);
        ArgumentNullException.ThrowIfNull(by);
        if (duration is { } lasts && (lasts <= TimeSpan.Zero || lasts > _longest))
            throw new ArgumentOutOfRangeException(nameof(duration), duration, "The duration must be positive and at most 36,500 days.");
        if (Validate(kind, target, reason) is { } error)
            throw new ArgumentException(error);
        var key = KeyOf(kind, target);
        return (await ChangeAsync(new ModerationChange(key, new Sanction(kind, target, Now + duration, by, reason), null)).ConfigureAwait(false)).Why;
    }

    /// <summary>Validates an entry.</summary>
    /// <returns>The error; null if the entry is valid.</returns>
    public string? Validate(SanctionKind kind, string target, string reason)
    {
        if (Encoding.UTF8.GetByteCount(target) > (kind == SanctionKind.AddressBan ? MaxAddressBytes : serverOptions.Value.MaxNickBytes))
            return "The nick or the address is too long.";
        return Encoding.UTF8.GetByteCount(reason) > options.MaxReasonBytes ? $"The reason must be at most {options.MaxReasonBytes} bytes of UTF-8." : null;
    }

    public async ValueTask<bool> LiftAsync(SanctionKind kind, string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var change = await ChangeAsync(new ModerationChange(KeyOf(kind, target), null, null)).ConfigureAwait(false);
        return change.Kind == RulesProposalKind.Append;
    }

    public async ValueTask<IReadOnlyList<Sanction>> ReadAsync()
    {
        var now = Now;
        var state = await StateAsync().ConfigureAwait(false);
        return [.. state.Entries.Values.Where(entry => !(entry.Until <= now))];
    }

    public ValueTask<bool> KickAsync(int userId, string reason) => cluster.DisconnectAsync(userId, reason);

    /// <summary>Returns the bans and mutes that this server knows.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public ValueTask<ModerationState> StateAsync() => _opening is { IsCompletedSuccessfully: true, Result.Room: var room } && room.TryGetState<ModerationState>(out var state)
        ? new ValueTask<ModerationState>(state)
        : new ValueTask<ModerationState>(ReadStateAsync());

    /// <summary>Returns the ban of a nick in any spelling, or of an address; null for none.</summary>
    public Sanction? FindBan(ModerationState state, string nick, EndPoint? address) => state.Entries.IsEmpty ? null : IndexOf(state).FindBan(nick, address, Now);

    /// <summary>Returns the mute of a nick in any spelling; null for none.</summary>
    public Sanction? FindMute(ModerationState state, string nick) => state.Entries.IsEmpty ? null : IndexOf(state).FindMute(nick, Now);

    /// <summary>Disconnects a user if it is banned.</summary>
    /// <param name="state">The bans.</param>
    /// <param name="user">The user.</param>
    public void DisconnectBanned(ModerationState state, IUser user)
    {
        if (FindBan(state, user.Nick, user.RemoteEndPoint) is { } ban)
            user.Disconnect(ReasonOf(ban));
    }

    /// <summary>Returns the text about an entry for the user.</summary>
    public static string ReasonOf(Sanction entry)
    {
        var text = new StringBuilder(entry.Kind == SanctionKind.Mute ? "You are muted" : "You are banned");
        if (entry.Until is { } until)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $" until {until:yyyy-MM-dd HH:mm} UTC");
        return (entry.Reason.Length == 0 ? text.Append('.') : text.Append(": ").Append(entry.Reason)).ToString();
    }

    public ValueTask OnEventAsync(IRoom room, RoomEvent roomEvent)
    {
        Enforce(room);
        return default;
    }

    public ValueTask OnMissedAsync(IRoom room)
    {
        Enforce(room);
        return default;
    }

    private static string KeyOf(SanctionKind kind, string target) =>
        ModerationKey.Of(kind, target) ?? throw new ArgumentException(kind == SanctionKind.AddressBan ? "The target is not an IP address." : "The target is not a nick.", nameof(target));

    private ModerationIndex IndexOf(ModerationState state) => _index is { } index && ReferenceEquals(index.State, state) ? index : _index = new ModerationIndex(state, serverOptions.Value.NickLookAlikes);

    /// <summary>Disconnects banned users after a change on this or another server.</summary>
    private void Enforce(IRoom room)
    {
        if (room.Name != ModerationRules.Room || !room.TryGetState<ModerationState>(out var state) || state.Entries.IsEmpty)
            return;
        foreach (var user in users.Users)
            DisconnectBanned(state, user);
    }

    private async ValueTask<RulesProposal> ChangeAsync(ModerationChange change)
    {
        await StateAsync().ConfigureAwait(false);
        using var data = PayloadBuffer.Of(change, _serializer);
        var handle = await OpenAsync().ConfigureAwait(false);
        return await ((Room)handle.Room).Rules!.DecideAsync(data.Data.ToArray()).ConfigureAwait(false);
    }

    private async Task<ModerationState> ReadStateAsync()
    {
        var handle = await OpenAsync().ConfigureAwait(false);
        if (handle.Room.TryGetState<ModerationState>(out var state))
            return state;
        // The store has lost the room, or the state is being computed again.
        // A room in memory ends with its last handle, so the old handle is released only after the new one is open.
        var fresh = await rooms.OpenAsync(ModerationRules.Room).ConfigureAwait(false);
        await (TryReplace(handle, fresh) ? handle : fresh).DisposeAsync().ConfigureAwait(false);
        handle = await OpenAsync().ConfigureAwait(false);
        var replica = await ((Room)handle.Room).Rules!.ReadyAsync(isOutcomeUnknown: false).ConfigureAwait(false);
        // Changes by other servers were not observed meanwhile.
        Enforce(handle.Room);
        return (ModerationState)replica.State;
    }

    /// <summary>Opens the room once for all callers. After a failure, the next call tries again.</summary>
    private async ValueTask<RoomHandle> OpenAsync()
    {
        Task<RoomHandle> opening;
        lock (_gate)
        {
            if (_opening is null or { IsFaulted: true } or { IsCanceled: true })
                _opening = rooms.OpenAsync(ModerationRules.Room).AsTask();
            opening = _opening;
        }

        return await opening.ConfigureAwait(false);
    }

    private bool TryReplace(RoomHandle handle, RoomHandle fresh)
    {
        lock (_gate)
        {
            if (_opening is not { IsCompletedSuccessfully: true, Result: var current } || current != handle)
                return false;
            _opening = Task.FromResult(fresh);
            return true;
        }
    }
}
