using Microsoft.Extensions.Options;

namespace TPacket.Server.Stores;

/// <summary>The default: logs live in this process, for as long as somebody is subscribed.</summary>
internal sealed class InMemoryRoomStore(IOptions<TPacketServerOptions> options, TimeProvider timeProvider) : IRoomStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, InMemoryRoomLog> _logs = new(StringComparer.Ordinal);

    public ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken)
    {
        var subscription = new InMemorySubscription(subscriber);
        lock (_gate)
        {
            if (!_logs.TryGetValue(room, out var log))
                _logs.Add(room, log = new InMemoryRoomLog(options.Value.HistoryBytes, options.Value.HistoryMessages, timeProvider));
            log.Subscribe(subscription);
            return new ValueTask<IRoomLog>(new OpenLog(this, room, log, subscription));
        }
    }

    private void Close(string room, InMemoryRoomLog log, InMemorySubscription subscription)
    {
        lock (_gate)
        {
            if (log.Unsubscribe(subscription))
                _logs.Remove(room);
        }
    }

    /// <summary>One subscriber's handle of a log.</summary>
    private sealed class OpenLog(InMemoryRoomStore store, string room, InMemoryRoomLog log, InMemorySubscription subscription) : IRoomLog
    {
        private bool _disposed;

        public ValueTask<AppendResult> AppendAsync(RoomAppend append) => new(log.Append(append));

        public ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken) => new(log.Read(after, maxEvents));

        public ValueTask DisposeAsync()
        {
            if (!Interlocked.Exchange(ref _disposed, true))
                store.Close(room, log, subscription);
            return default;
        }
    }
}
