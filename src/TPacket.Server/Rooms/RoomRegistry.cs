using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Diagnostics;
using TPacket.Server.Nicks;
using TPacket.Server.Rooms.Observers;
using TPacket.Server.Rooms.Presence;
using TPacket.Server.Rooms.Turns;
using TPacket.Server.Rules.Registration;
using TPacket.Server.Rules.Waking;
using TPacket.Server.Sessions;
using TPacket.Server.Stores.Tracing;
using TPacket.WebSockets;

namespace TPacket.Server.Rooms;

/// <summary>The rooms that are open on this server, and the services that rooms share.</summary>
internal sealed class RoomRegistry(
    TracedRoomStore store,
    UserRegistry users,
    LeavingNicks leavingNicks,
    StoreDeadline storeDeadline,
    TurnDeadline turnDeadline,
    PendingLeaves leaves,
    PresenceTimer presenceTimer,
    RoomObservers observers,
    RulesTable rules,
    WakeTimer wakes,
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

    public PendingLeaves Leaves => leaves;

    public UserRegistry Users => users;

    public LeavingNicks LeavingNicks => leavingNicks;

    public PresenceTimer PresenceTimer => presenceTimer;

    public RoomObservers Observers => observers;

    public RulesTable Rules => rules;

    public WakeTimer Wakes => wakes;

    public RulesThreads RulesThreads { get; } = new(options.Value.RulesThreads);

    public ServerMetrics Metrics => metrics;

    public ILogger Logger => logger;

    public TPacketServerOptions Options { get; } = options.Value;

    /// <summary>Called under the lock of a delivery when a log has the return of a user.</summary>
    public Action<RoomMember>? Returned { get; set; }

    public int Count => _rooms.Count;

    /// <summary>The number of open rooms that may have rules.</summary>
    public int WithRules => rules.IsEmpty ? 0 : _rooms.Count;

    /// <summary>The rooms without the rooms of the engine; not a copy.</summary>
    public IEnumerable<Room> Listed => _rooms.Select(static room => room.Value).Where(static room => !RoomName.IsOfEngine(room.Name));

    IReadOnlyList<IRoom> IRoomDirectory.Rooms => [.. Listed];

    public IRoom? Find(string name) => _rooms.GetValueOrDefault(name);

    /// <summary>Replaces the limit of rooms after the options have changed.</summary>
    public void ReloadLimit() => _limit = RoomLimit.Create(Options, timeProvider);

    /// <summary>Takes a member's packet from the limit of its room, or refuses the packet.</summary>
    /// <returns>False if the packet is refused; it is then answered.</returns>
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

    /// <summary>Adds a hold to a room, and opens the room if it is not open.</summary>
    /// <returns>The room. The caller releases it.</returns>
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

    public void Remove(Room room) => _rooms.TryRemove(KeyValuePair.Create(room.Name, room));

    /// <summary>Ends a room's subscription, and logs a failure of the store.</summary>
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

    /// <summary>Ends a subscription that was opened too late.</summary>
    public void DisposeWhenOpen(Room room, Task<IRoomLog> opening) => _ = DisposeWhenOpenAsync(room, opening);

    /// <summary>Logs that the store failed to read the missed events of a member. The member receives a snapshot instead.</summary>
    public void OnReplayFailed(Room room, RoomStoreException error) => RoomLog.StoreFailed(logger, error, room.Name);

    /// <summary>Logs an exception of a delivery.</summary>
    public void OnDeliveryFailed(Room room, Exception error) => RoomLog.DeliveryFailed(logger, error, room.Name);

    /// <summary>Closes the connections of the members of a room that was lost, with 1013, so that they reconnect.</summary>
    public void OnLost(Room room, Exception cause, Session[] members)
    {
        RoomLog.StoreFailed(logger, cause, room.Name);
        foreach (var member in members)
            member.Connection.Close(CloseStatus.TryAgainLater, "the room was lost");
    }

    /// <summary>Closes the connection of an evicted member with 1013, unless it was removed or has moved and may enter a room again.</summary>
    public static void OnEvicted(Session session, LeaveCause cause)
    {
        if (cause is not (LeaveCause.Removed or LeaveCause.Moved))
            session.Connection.Close(CloseStatus.TryAgainLater, "the user is no longer in the room");
    }

    /// <summary>Returns the room with a name, which may not be open yet.</summary>
    public Room GetOrAdd(string name) => _rooms.GetOrAdd(name, static (name, rooms) => new Room(name, rooms), this);

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
