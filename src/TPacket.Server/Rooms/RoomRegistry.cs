using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Diagnostics;
using TPacket.Protocol;
using TPacket.Server.Diagnostics;
using TPacket.Server.Nicks;
using TPacket.Server.Rules;
using TPacket.Server.Sessions;
using TPacket.Server.Stores;
using TPacket.WebSockets;

namespace TPacket.Server.Rooms;

/// <summary>Every room that is open on this server, and the way from one into another.</summary>
internal sealed class RoomRegistry(
    TracedRoomStore store,
    UserRegistry users,
    LeavingNicks leavingNicks,
    StoreDeadline storeDeadline,
    TurnDeadline turnDeadline,
    Departures departures,
    PresenceTimer presenceTimer,
    RoomObservers observers,
    RulesTable rules,
    RoomWakes wakes,
    TimeProvider timeProvider,
    ServerMetrics metrics,
    IOptions<TPacketServerOptions> options,
    ILogger<RoomRegistry> logger) : IRoomDirectory
{
    private volatile RoomLimit? _limit = RoomLimit.Create(options.Value, timeProvider);
    private readonly ConcurrentDictionary<string, Room> _rooms = new(StringComparer.Ordinal);

    public IRoomStore Store => store;

    public StoreDeadline StoreDeadline => storeDeadline;

    public TurnDeadline TurnDeadline => turnDeadline;

    public Departures Departures => departures;

    public UserRegistry Users => users;

    public LeavingNicks LeavingNicks => leavingNicks;

    public PresenceTimer PresenceTimer => presenceTimer;

    public RoomObservers Observers => observers;

    public RulesTable Rules => rules;

    public RoomWakes Wakes => wakes;

    public RulesThreads RulesThreads { get; } = new(options.Value.RulesThreads);

    public ServerMetrics Metrics => metrics;

    public ILogger Logger => logger;

    public TPacketServerOptions Options { get; } = options.Value;

    /// <summary>Called when a log says that a user is back, under the lock of a delivery.</summary>
    public Action<RoomMember>? Returned { get; set; }

    public int Count => _rooms.Count;

    /// <summary>How many of the open rooms may have rules.</summary>
    public int WithRules => rules.IsEmpty ? 0 : _rooms.Count;

    /// <summary>The rooms as they are now, while they are enumerated, without those of the engine.</summary>
    public IEnumerable<Room> Listed => _rooms.Select(static room => room.Value).Where(static room => !RoomName.IsOfEngine(room.Name));

    IReadOnlyList<IRoom> IRoomDirectory.Rooms => [.. Listed];

    public IRoom? Find(string name) => _rooms.GetValueOrDefault(name);

    /// <summary>The options say anew how much a room handles.</summary>
    public void ReloadLimit() => _limit = RoomLimit.Create(Options, timeProvider);

    /// <summary>Takes a member's packet from what its room may handle, or refuses the packet.</summary>
    /// <returns>False when the packet is refused.</returns>
    public bool TryTake(Session session, Room room, CommandContext context)
    {
        if (_limit is not { } limit || session.TryTakeOf(room, limit))
            return true;
        metrics.PacketRefused(nameof(TPacketServerOptions.RoomPacketsPerSecond));
        context.ReplyError(PacketErrorCode.RateLimited, "Too many packets in this room; wait a little.");
        return false;
    }

    public async ValueTask<RoomHandle> OpenAsync(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var room = await HoldAsync(name).ConfigureAwait(false);
        return new RoomHandle(room, room.Release);
    }

    /// <summary>Holds a room, which is opened if it is not open.</summary>
    /// <returns>The room; the caller releases it.</returns>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async ValueTask<Room> HoldAsync(string name)
    {
        Room room;
        do
            room = GetOrAdd(name);
        while (!room.TryHold());
        try
        {
            await room.OpenAsync().ConfigureAwait(false);
            return room;
        }
        catch
        {
            room.Release();
            throw;
        }
    }

    /// <summary>Takes a user into a room, and out of the one that it is in.</summary>
    /// <exception cref="RoomStoreException">The store failed: the user is where it was before.</exception>
    public async ValueTask EnterAsync(Session session, string name, int? uid)
    {
        while (!session.Moves.TryEnter())
            await session.Moves.WaitAsync().ConfigureAwait(false);
        try
        {
            // The tear-down waits for a move that it finds, and a move finds a tear-down that has begun.
            if (session.HasEnded)
                return;
            await EnterNextAsync(session, name, uid).ConfigureAwait(false);
        }
        finally
        {
            session.Moves.Exit();
        }
    }

    private async ValueTask EnterNextAsync(Session session, string name, int? uid)
    {
        await SettleAsync(session, name).ConfigureAwait(false);
        if (session.UserSession is { } userSession)
            await EnterKeptAsync(userSession, session, name, uid).ConfigureAwait(false);
        else
            await EnterSettledAsync(session, name, uid).ConfigureAwait(false);
    }

    /// <summary>The store has the room before the client can hear that it is there, so that it comes back to no other.</summary>
    private async ValueTask EnterKeptAsync(UserSession userSession, Session session, string name, int? uid)
    {
        var before = session.CurrentRoom?.Name;
        try
        {
            if (!await userSession.UpdateAsync(record => record with { Room = name }).ConfigureAwait(false))
                throw new RoomStoreException("The session is on another connection.", isOutcomeUnknown: false);
            await EnterSettledAsync(session, name, uid).ConfigureAwait(false);
        }
        catch (RoomStoreException)
        {
            await userSession.TryUpdateAsync(record => record with { Room = before }).ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask EnterSettledAsync(Session session, string name, int? uid)
    {
        var from = session.CurrentRoom;
        if (from?.Name == name)
        {
            if (from.Entrance.TryWelcomeAgain(session, uid))
                return;
            // A room that was lost keeps its members until their connections end. It must not keep one that enters the next room of its name, whose slot there it would change.
            from.TryRemove(session);
            await SettleAsync(session, name).ConfigureAwait(false);
            from = null;
        }

        Room room;
        do
            room = GetOrAdd(name);
        while (!await room.Entrance.EnterAsync(session, from, uid).ConfigureAwait(false));
        RoomLog.Entered(logger, session.Member!, name, room.MemberCount);
    }

    /// <summary>Takes a user out of the room that it is in, if it is in one. It is sent nothing more of it at once.</summary>
    /// <returns>Completes when the log has the user no more, which may take until the store is back.</returns>
    public Task LeaveAsync(Session session, LeaveCause cause)
    {
        if (session.CurrentRoom is { } room && room.TryRemove(session))
        {
            session.Pending.Departure = departures.LeaveAsync(room, session.Member!, cause);
            RoomLog.Left(logger, session.Member!, room.Name, room.MemberCount);
        }

        // A move under way finds that the user has left, and takes it out of where it has come to.
        return session.Moves.IsTaken ? LeaveAfterMoveAsync(session) : session.Pending.Departure;
    }

    public void Remove(Room room) => _rooms.TryRemove(KeyValuePair.Create(room.Name, room));

    /// <summary>Ends a room's subscription; a store that fails at that is logged.</summary>
    public async Task DisposeAsync(Room room, IRoomLog log)
    {
        try
        {
            await log.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            RoomLog.StoreFailed(logger, e, room.Name);
        }
    }

    /// <summary>Ends a subscription that comes too late to be used.</summary>
    public void DisposeWhenOpen(Room room, Task<IRoomLog> opening) => _ = DisposeWhenOpenAsync(room, opening);

    /// <summary>The store could not say what a member has missed; it is sent a snapshot instead.</summary>
    public void OnReplayFailed(Room room, RoomStoreException error) => RoomLog.StoreFailed(logger, error, room.Name);

    public void OnDeliveryFailed(Room room, Exception error) => RoomLog.DeliveryFailed(logger, error, room.Name);

    /// <summary>The store has lost a room: its members have to come again.</summary>
    public void OnLost(Room room, Exception cause, Session[] members)
    {
        RoomLog.StoreFailed(logger, cause, room.Name);
        foreach (var member in members)
            member.Connection.Close(CloseStatus.TryAgainLater, "the room was lost");
    }

    /// <summary>A user whose connection is here is in its room no more, and did not ask for that. One that was removed may enter again.</summary>
    public static void OnExpelled(Session session, LeaveCause cause)
    {
        if (cause is not (LeaveCause.Removed or LeaveCause.Moved))
            session.Connection.Close(CloseStatus.TryAgainLater, "the room has the user no more");
    }

    private Room GetOrAdd(string name) => _rooms.GetOrAdd(name, static (name, rooms) => new Room(name, rooms), this);

    private static async Task LeaveAfterMoveAsync(Session session)
    {
        await session.Moves.WaitAsync().ConfigureAwait(false);
        await session.Pending.Departure.ConfigureAwait(false);
    }

    /// <summary>
    /// Waits until the store has answered the user's last leave, which could otherwise end the new membership, and until the user's nick is known, which the next room is told.
    /// </summary>
    private async ValueTask SettleAsync(Session session, string name)
    {
        if (!session.Pending.Departure.IsCompleted && !await storeDeadline.TryWaitAsync(session.Pending.Departure).ConfigureAwait(false))
            throw new RoomStoreException($"The user cannot enter room '{Printable.Escape(name)}': the store does not let it leave the one before.", isOutcomeUnknown: false);
        if (!session.Pending.Rename.IsCompleted && !await storeDeadline.TryWaitAsync(session.Pending.Rename).ConfigureAwait(false))
            throw new RoomStoreException($"The user cannot enter room '{Printable.Escape(name)}': the store does not say which nick it has.", isOutcomeUnknown: false);
        if (departures.Pending > Options.MaxConnections)
            throw new RoomStoreException($"The user cannot enter room '{Printable.Escape(name)}': the store does not answer.", isOutcomeUnknown: false);
    }

    private async Task DisposeWhenOpenAsync(Room room, Task<IRoomLog> opening)
    {
        try
        {
            await DisposeAsync(room, await opening.ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            RoomLog.StoreFailed(logger, e, room.Name);
        }
    }
}
