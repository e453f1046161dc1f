using TPacket.Server;
using TPacket.Server.Stores.InMemory;

namespace TPacket.Testing.Tests.Stores;

/// <summary>A store that keeps rooms without subscriptions, also for the next store on the same data.</summary>
internal sealed class KeepingStore(KeepingPlace place) : IRoomStore
{
    public KeepingPlace Place => place;

    public ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken)
    {
        var log = place.Get(room);
        var subscription = new InMemorySubscription(subscriber);
        log.Subscribe(subscription);
        return new ValueTask<IRoomLog>(new OpenLog(log, subscription));
    }

    public ValueTask<IReadOnlyList<RoomWake>> ReadWakesAsync(long before, int maxRooms, CancellationToken cancellationToken) =>
        new([.. place.Wakes().Where(wake => wake.At <= before).Take(maxRooms)]);

    /// <summary>One subscriber's handle of a log.</summary>
    private sealed class OpenLog(InMemoryRoomLog log, InMemorySubscription subscription) : IRoomLog
    {
        public ValueTask<AppendResult> AppendAsync(RoomAppend append) => new(log.Append(append));

        public ValueTask<RoomPage> ReadRulesAsync(RoomPosition after, int maxEvents, CancellationToken cancellationToken) => new(log.ReadRules(after, maxEvents));

        public ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken) => new(log.Read(after, maxEvents));

        public ValueTask DisposeAsync()
        {
            log.Unsubscribe(subscription);
            return default;
        }
    }
}
