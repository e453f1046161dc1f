using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Diagnostics;
using TPacket.Server.Sessions;

namespace TPacket.Server.Rooms;

/// <summary>Every room with members on this server, and the way from one into another.</summary>
internal sealed class RoomRegistry(
    IRoomStore store,
    UserRegistry users,
    PresenceTimer presenceTimer,
    TimeProvider timeProvider,
    ServerMetrics metrics,
    IOptions<TPacketServerOptions> options,
    ILogger<RoomRegistry> logger) : IRoomDirectory
{
    private readonly RoomLimit? _limit = RoomLimit.Create(options.Value, timeProvider);
    private readonly ConcurrentDictionary<string, Room> _rooms = new(StringComparer.Ordinal);

    public IRoomStore Store => store;

    public UserRegistry Users => users;

    public PresenceTimer PresenceTimer => presenceTimer;

    public ServerMetrics Metrics => metrics;

    public TPacketServerOptions Options { get; } = options.Value;

    public int Count => _rooms.Count;

    IReadOnlyList<IRoom> IRoomDirectory.Rooms => [.. _rooms.Values];

    public IRoom? Find(string name) => _rooms.GetValueOrDefault(name);

    /// <summary>Takes a packet of a member from what its room may handle, or refuses the packet.</summary>
    /// <returns>False when the packet is refused.</returns>
    public bool TryTake(Session session, Room room, CommandContext context)
    {
        if (_limit is null || session.TryTakeOf(room, _limit))
            return true;
        metrics.PacketRefused(nameof(TPacketServerOptions.RoomPacketsPerSecond));
        context.ReplyError(PacketErrorCode.RateLimited, "Too many packets in this room; wait a little.");
        return false;
    }

    /// <summary>Takes a user out of the room that it is in, if it is in one, and into another.</summary>
    public async ValueTask MoveAsync(Session session, string name, int uid)
    {
        await LeaveAsync(session).ConfigureAwait(false);
        Room room;
        do
            room = _rooms.GetOrAdd(name, static (name, rooms) => new Room(name, rooms), this);
        while (!await room.EnterAsync(session, uid).ConfigureAwait(false));
        RoomLog.Entered(logger, session.Member!, name, room.MemberCount);
    }

    /// <summary>Takes a user out of the room that it is in, if it is in one.</summary>
    public async ValueTask LeaveAsync(Session session)
    {
        if (session.CurrentRoom is not { } room)
            return;
        await room.LeaveAsync(session).ConfigureAwait(false);
        RoomLog.Left(logger, session.Member!, room.Name, room.MemberCount);
    }

    public void Remove(Room room) => _rooms.TryRemove(KeyValuePair.Create(room.Name, room));

    public void OnStoreFailed(Room room, Exception error) => RoomLog.StoreFailed(logger, error, room.Name);
}
