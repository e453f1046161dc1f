using TPacket.Server.Diagnostics;

namespace TPacket.Server.Stores.Tracing;

/// <summary>Wraps the room store, and records each call as an activity if there are listeners.</summary>
internal sealed class TracedRoomStore(IRoomStore store, ServerActivities activities) : IRoomStore
{
    public ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken) => WrapAsync(activities.HasListeners
        ? activities.CallAsync(store, "open", "room", (store, room, subscriber, cancellationToken), static s => s.store.OpenAsync(s.room, s.subscriber, s.cancellationToken))
        : store.OpenAsync(room, subscriber, cancellationToken));

    public ValueTask<IReadOnlyList<RoomWake>> ReadWakesAsync(long before, int maxRooms, CancellationToken cancellationToken) => activities.HasListeners
        ? activities.CallAsync(store, "read_wakes", "rooms", (store, before, maxRooms, cancellationToken), static s => s.store.ReadWakesAsync(s.before, s.maxRooms, s.cancellationToken))
        : store.ReadWakesAsync(before, maxRooms, cancellationToken);

    private async ValueTask<IRoomLog> WrapAsync(ValueTask<IRoomLog> opening) => new TracedRoomLog(await opening.ConfigureAwait(false), store, activities);
}
