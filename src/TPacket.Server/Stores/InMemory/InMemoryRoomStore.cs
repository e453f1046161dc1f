using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;

namespace TPacket.Server.Stores.InMemory;

/// <summary>The default store: keeps logs in memory while they have a subscriber, or their rules have a wake-up time.</summary>
internal sealed class InMemoryRoomStore(IOptions<TPacketServerOptions> options, TimeProvider timeProvider, ILogger<InMemoryRoomStore>? logger = null) : IRoomStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, InMemoryRoomLog> _logs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RoomWake> _sleeping = new(StringComparer.Ordinal);
    private readonly SortedSet<RoomWake> _wakes = new(Comparer<RoomWake>.Create(Compare));

    public ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken)
    {
        var subscription = new InMemorySubscription(subscriber);
        lock (_gate)
        {
            if (!_logs.TryGetValue(room, out var log))
                _logs.Add(room, log = new InMemoryRoomLog(options.Value.HistoryBytes, options.Value.HistoryMessages, timeProvider));
            if (_sleeping.Remove(room, out var wake))
                _wakes.Remove(wake);
            log.Subscribe(subscription);
            return new ValueTask<IRoomLog>(new OpenLog(this, room, log, subscription));
        }
    }

    public ValueTask<IReadOnlyList<RoomWake>> ReadWakesAsync(long before, int maxRooms, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRooms, 1);
        lock (_gate)
        {
            return new ValueTask<IReadOnlyList<RoomWake>>([.. _wakes.TakeWhile(wake => wake.At <= before).Take(maxRooms)]);
        }
    }

    private void Close(string room, InMemoryRoomLog log, InMemorySubscription subscription)
    {
        bool isLost;
        lock (_gate)
        {
            if (!log.Unsubscribe(subscription))
                return;
            isLost = !TrySleep(room, log.WakeAt);
        }

        if (isLost && logger is not null)
            RulesLog.SleepingRoomLost(logger, room, options.Value.MaxConnections);
    }

    /// <summary>
    /// Keeps the log of a room without members if its rules have a wake-up time,
    /// up to <see cref="TPacketServerOptions.MaxConnections"/> such logs; discards other logs.
    /// </summary>
    /// <returns>False if the log was discarded in spite of its wake-up time.</returns>
    private bool TrySleep(string room, long? wakeAt)
    {
        if (wakeAt is { } at && _sleeping.Count < options.Value.MaxConnections)
        {
            var wake = new RoomWake(room, at);
            _sleeping.Add(room, wake);
            _wakes.Add(wake);
            return true;
        }

        _logs.Remove(room);
        return wakeAt is null;
    }

    private static int Compare(RoomWake one, RoomWake other) => one.At != other.At ? one.At.CompareTo(other.At) : string.CompareOrdinal(one.Room, other.Room);

    /// <summary>A handle of a log with its subscriber.</summary>
    private sealed class OpenLog(InMemoryRoomStore store, string room, InMemoryRoomLog log, InMemorySubscription subscription) : IRoomLog
    {
        private bool _disposed;

        public ValueTask<AppendResult> AppendAsync(RoomAppend append) => new(log.Append(append));

        public ValueTask<RoomPage> ReadRulesAsync(RoomPosition after, int maxEvents, CancellationToken cancellationToken) => new(log.ReadRules(after, maxEvents));

        public ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken) => new(log.Read(after, maxEvents));

        public ValueTask DisposeAsync()
        {
            if (!Interlocked.Exchange(ref _disposed, true))
                store.Close(room, log, subscription);
            return default;
        }
    }
}
