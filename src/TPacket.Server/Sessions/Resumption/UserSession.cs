using TPacket.Server.Rooms;
using TPacket.Server.Sessions.Limits;
using TPacket.WebSockets.RateLimiting;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>
/// A session of a user that outlives its connections: its record, as the store has it, and the connection that serves it, or that it is away. Whatever changes who serves it happens under its gate, one thing after the other.
/// </summary>
/// <param name="record">The record, which the store has.</param>
/// <param name="store">The store.</param>
/// <param name="storeDeadline">Bounds the calls of the store.</param>
internal sealed class UserSession(SessionRecord record, ISessionStore store, StoreDeadline storeDeadline)
{
    private MoveGate _gate;
    private MoveGate _updates;
    private SessionRecord _record = record;
    private TokenBucket _resumes;
    private bool _isStoreBehind;
    private ItemCollection? _items;

    /// <summary>The record. Its generation may be ahead of the connection's while a resumption is refused for now.</summary>
    public SessionRecord Record => Volatile.Read(ref _record);

    /// <summary>The application's state of the user, over all of its connections.</summary>
    public ItemCollection Items => Volatile.Read(ref _items) ?? AdoptItems(new ItemCollection());

    /// <summary>The connection that serves it; null while the user is away. Guarded by the gate, as what follows.</summary>
    public Session? Connection { get; set; }

    /// <summary>The user without a connection; null while it has one.</summary>
    public AwayUser? Away { get; set; }

    /// <summary>The room that is held for a user that is coming back and not in it yet.</summary>
    public Room? HeldRoom { get; set; }

    /// <summary>Whether it is over.</summary>
    public bool HasEnded { get; set; }

    /// <summary>When it last lost a connection because that was read too slowly, in milliseconds of the heartbeat; null for never.</summary>
    public long? OverloadedAt { get; set; }

    /// <summary>Whether the next resumption gets a snapshot, since the one before was too much.</summary>
    public bool WantsSnapshot { get; set; }

    /// <summary>Whether its client was told who is away when it entered its room. Unknown after a restart, and then assumed.</summary>
    public bool WasAware { get; set; } = true;

    /// <summary>What it is counted by.</summary>
    public AddressKey? Address { get; init; }

    /// <summary>Whether the host wants it to end. Set by any thread.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Goes on with the items that the user has had before it had a session, unless there are some already.</summary>
    /// <returns>The session's items.</returns>
    public ItemCollection AdoptItems(ItemCollection items) => Interlocked.CompareExchange(ref _items, items, null) ?? items;

    /// <summary>Waits until nobody else changes who serves it.</summary>
    public async ValueTask EnterAsync()
    {
        while (!_gate.TryEnter())
            await _gate.WaitAsync().ConfigureAwait(false);
    }

    /// <summary>Waits for the same, no longer than a client may be kept waiting.</summary>
    /// <returns>False when somebody still changes who serves it.</returns>
    public async ValueTask<bool> TryEnterAsync()
    {
        for (var until = storeDeadline.Begin(); !_gate.TryEnter();)
        {
            if (!await storeDeadline.TryWaitAsync(_gate.WaitAsync(), until).ConfigureAwait(false))
                return false;
        }

        return true;
    }

    /// <summary>Lets the next one change who serves it.</summary>
    public void Exit() => _gate.Exit();

    /// <summary>Takes one of the resumptions that the session may have.</summary>
    public bool TryTakeResume(in RateLimit limit, long now) => _resumes.TryTakeShared(limit, now, leave: 0);

    /// <summary>The store has resumed the session.</summary>
    public async ValueTask OnResumedAsync(SessionRecord resumed)
    {
        // A change that the store has made before is in the record. It must not replace the record here; a nick that the store could not be given stays.
        while (!_updates.TryEnter())
            await _updates.WaitAsync().ConfigureAwait(false);
        Volatile.Write(ref _record, _isStoreBehind ? resumed with { Nick = Record.Nick } : resumed);
        _updates.Exit();
    }

    /// <summary>Changes the record, in the store and here.</summary>
    /// <returns>False when the session is over, or another server has resumed it.</returns>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time; the record here is as before.</exception>
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

    /// <summary>The user has another nick, which its room's log has already. A store that cannot be given the nick now gets it with the next change.</summary>
    /// <returns>False when the user would have its old nick on another server.</returns>
    public async ValueTask<bool> TakeNickAsync(string nick)
    {
        while (!_updates.TryEnter())
            await _updates.WaitAsync().ConfigureAwait(false);
        Volatile.Write(ref _record, Record with { Nick = nick });
        _isStoreBehind = true;
        _updates.Exit();
        return await TryKeepAsync().ConfigureAwait(false) || !store.IsShared;
    }

    /// <summary>Gives the store what it lacks.</summary>
    /// <returns>False when the store failed or did not answer in time, and when the session is over or another server has resumed it.</returns>
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

    /// <summary>Changes the record where the store can; a resumption makes up for what could not be changed.</summary>
    public async ValueTask TryUpdateAsync(Func<SessionRecord, SessionRecord> change)
    {
        try
        {
            await UpdateAsync(change).ConfigureAwait(false);
        }
        catch (RoomStoreException)
        {
            // The call that has brought this about has failed with the same store, and says so.
        }
    }
}
