using Microsoft.Extensions.Options;

namespace TPacket.Server.Stores;

/// <summary>The default: logs live in this process, for as long as somebody is subscribed, or their rules want to be woken.</summary>
internal sealed class InMemoryRoomStore(IOptions<TPacketServerOptions> options, TimeProvider timeProvider) : IRoomStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, InMemoryRoomLog> _logs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _sleeping = new(StringComparer.Ordinal);

    public ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken)
    {
        var subscription = new InMemorySubscription(subscriber);
        lock (_gate)
        {
            if (!_logs.TryGetValue(room, out var log))
                _logs.Add(room, log = new InMemoryRoomLog(options.Value.HistoryBytes, options.Value.HistoryMessages, timeProvider));
            _sleeping.Remove(room);
            log.Subscribe(subscription);
            return new ValueTask<IRoomLog>(new OpenLog(this, room, log, subscription));
        }
    }

    public ValueTask<IReadOnlyList<RoomWake>> ReadWakesAsync(long before, int maxRooms, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRooms, 1);
        lock (_gate)
        {
            return new ValueTask<IReadOnlyList<RoomWake>>(
                [.. _sleeping.Where(entry => entry.Value <= before).OrderBy(static entry => entry.Value).Take(maxRooms).Select(static entry => new RoomWake(entry.Key, entry.Value))]);
        }
    }

    private void Close(string room, InMemoryRoomLog log, InMemorySubscription subscription)
    {
        lock (_gate)
        {
            if (!log.Unsubscribe(subscription))
                return;
            // The rules of a room that nobody is in go on until they want nothing more, in as many rooms as there may be users.
            if (log.WakeAt is { } wakeAt && _sleeping.Count < options.Value.MaxConnections)
                _sleeping[room] = wakeAt;
            else
                _logs.Remove(room);
        }
    }

    /// <summary>One subscriber's handle of a log.</summary>
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
