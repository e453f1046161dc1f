using TPacket.Server.Rooms;
using TPacket.Server.Sessions.Limits;
using TPacket.WebSockets.RateLimiting;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>
/// A session of a user, which outlives the user's connections: the record in the store, and either the connection
/// that serves the session or the user that is away. The session's gate serializes changes of the connection.
/// </summary>
/// <param name="record">The record in the store.</param>
/// <param name="store">The store.</param>
/// <param name="storeDeadline">Bounds the calls of the store.</param>
internal sealed class UserSession(SessionRecord record, ISessionStore store, StoreDeadline storeDeadline)
{
    private AsyncGate _gate;
    private AsyncGate _updates;
    private SessionRecord _record = record;
    private TokenBucket _resumes;
    private bool _isStoreBehind;
    private ItemCollection? _items;

    /// <summary>The record. After a postponed resumption, its generation is higher than the generation of the connection.</summary>
    public SessionRecord Record => Volatile.Read(ref _record);

    /// <summary>The application's items of the user, shared by all of its connections.</summary>
    public ItemCollection Items => Volatile.Read(ref _items) ?? AdoptItems(new ItemCollection());

    /// <summary>
    /// The connection of the user; null while the user is away. The gate guards this
    /// property and the following properties, unless their summaries name another rule.
    /// </summary>
    public Session? Connection { get; set; }

    /// <summary>The user that is away; null while it has a connection.</summary>
    public AwayUser? Away { get; set; }

    /// <summary>The room that is held open for a user that is resuming and has not returned to it yet.</summary>
    public Room? HeldRoom { get; set; }

    /// <summary>Whether the session has ended.</summary>
    public bool HasEnded { get; set; }

    /// <summary>The time of the last close of a connection because the client read too slowly, in milliseconds of the heartbeat; null for never.</summary>
    public long? OverloadedAt { get; set; }

    /// <summary>Whether the next resumption sends a snapshot, because the last replay was too large for the client.</summary>
    public bool WantsSnapshot { get; set; }

    /// <summary>Whether the client accepted PRESENCE when it entered its room. After a restart this is unknown, and the value is true.</summary>
    public bool WasAware { get; set; } = true;

    /// <summary>The address that the session counts for; null for none.</summary>
    public AddressKey? Address { get; init; }

    /// <summary>Whether the host has requested the end of the session. Any thread may set it.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Adopts the items that the user had before it had a session, unless the session has items already.</summary>
    /// <returns>The session's items.</returns>
    public ItemCollection AdoptItems(ItemCollection items) => Interlocked.CompareExchange(ref _items, items, null) ?? items;

    /// <summary>Enters the gate.</summary>
    public async ValueTask EnterAsync()
    {
        while (!_gate.TryEnter())
            await _gate.WaitAsync().ConfigureAwait(false);
    }

    /// <summary>Enters the gate, within the deadline of a store's call.</summary>
    /// <returns>False if the gate was not free in time.</returns>
    public async ValueTask<bool> TryEnterAsync()
    {
        for (var until = storeDeadline.Begin(); !_gate.TryEnter();)
        {
            if (!await storeDeadline.TryWaitAsync(_gate.WaitAsync(), until).ConfigureAwait(false))
                return false;
        }

        return true;
    }

    /// <summary>Exits the gate.</summary>
    public void Exit() => _gate.Exit();

    /// <summary>Takes one resumption from the session's limit.</summary>
    /// <returns>False if the limit is reached.</returns>
    public bool TryTakeResume(in RateLimit limit, long now) => _resumes.TryTakeShared(limit, now, leave: 0);

    /// <summary>Sets the record of a resumption.</summary>
    public async ValueTask OnResumedAsync(SessionRecord resumed)
    {
        // The resumed record includes pending changes, which must not replace it later, so the method waits for them. A nick that the store does not have yet stays.
        while (!_updates.TryEnter())
            await _updates.WaitAsync().ConfigureAwait(false);
        Volatile.Write(ref _record, _isStoreBehind ? resumed with { Nick = Record.Nick } : resumed);
        _updates.Exit();
    }

    /// <summary>Changes the record, in the store and here.</summary>
    /// <returns>False if the session has ended, or another server has resumed it.</returns>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time; the record here is unchanged.</exception>
    public async ValueTask<bool> UpdateAsync(Func<SessionRecord, SessionRecord> change)
    {
        while (!_updates.TryEnter())
            await _updates.WaitAsync().ConfigureAwait(false);
        try
        {
            var before = Record;
            var after = change(before);
            if (after == before && !_isStoreBehind)
                return true;
            if (!await storeDeadline.CallAsync(() => store.UpdateAsync(after)).ConfigureAwait(false))
                return false;
            Volatile.Write(ref _record, after);
            _isStoreBehind = false;
            return true;
        }
        finally
        {
            _updates.Exit();
        }
    }

    /// <summary>
    /// Sets the user's new nick, which the log of its room has already. If the store cannot be updated now, the next change of the record includes the nick.
    /// </summary>
    /// <returns>False if the user would have its old nick on another server.</returns>
    public async ValueTask<bool> TakeNickAsync(string nick)
    {
        while (!_updates.TryEnter())
            await _updates.WaitAsync().ConfigureAwait(false);
        Volatile.Write(ref _record, Record with { Nick = nick });
        _isStoreBehind = true;
        _updates.Exit();
        return await TryKeepAsync().ConfigureAwait(false) || !store.IsShared;
    }

    /// <summary>Writes pending changes to the store.</summary>
    /// <returns>False if the store failed or did not answer in time, the session has ended, or another server has resumed it.</returns>
    public async ValueTask<bool> TryKeepAsync()
    {
        try
        {
            return await UpdateAsync(static record => record).ConfigureAwait(false);
        }
        catch (RoomStoreException)
        {
            return false;
        }
    }

    /// <summary>Changes the record if the store answers. The next resumption repeats a failed change.</summary>
    public async ValueTask TryUpdateAsync(Func<SessionRecord, SessionRecord> change)
    {
        try
        {
            await UpdateAsync(change).ConfigureAwait(false);
        }
        catch (RoomStoreException)
        {
            // The call that led to this change has failed with the same store, and has logged the failure.
        }
    }
}
