using Microsoft.Extensions.Options;

namespace TPacket.Server.Stores;

/// <summary>The default: logs live in this process, as long as somebody is subscribed.</summary>
internal sealed class InMemoryRoomStore(IOptions<TPacketServerOptions> options) : IRoomStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, InMemoryRoomLog> _logs = new(StringComparer.Ordinal);

    public ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_logs.TryGetValue(room, out var log))
                _logs.Add(room, log = new InMemoryRoomLog(options.Value.HistoryBytes, options.Value.HistoryMessages));
            log.Subscribe(subscriber);
            return new ValueTask<IRoomLog>(new Subscription(this, room, log, subscriber));
        }
    }

    private void Close(string room, InMemoryRoomLog log, IRoomSubscriber subscriber)
    {
        lock (_gate)
        {
            if (log.Unsubscribe(subscriber))
                _logs.Remove(room);
        }
    }

    /// <summary>One subscriber's handle of a log.</summary>
    private sealed class Subscription(InMemoryRoomStore store, string room, InMemoryRoomLog log, IRoomSubscriber subscriber) : IRoomLog
    {
        private bool _disposed;

        public ValueTask<long?> AppendAsync(RoomEvent roomEvent, long? expectedOffset, CancellationToken cancellationToken) =>
            new(log.Append(roomEvent, expectedOffset));

        public ValueTask<RoomSnapshot> JoinAsync(RoomMember member, CancellationToken cancellationToken) => new(log.Join(member));

        public ValueTask LeaveAsync(int memberId, CancellationToken cancellationToken)
        {
            log.Leave(memberId);
            return default;
        }

        public ValueTask<RoomPage> ReadAsync(long fromOffset, int maxEvents, CancellationToken cancellationToken) => new(log.Read(fromOffset, maxEvents));

        public ValueTask DisposeAsync()
        {
            if (!Interlocked.Exchange(ref _disposed, true))
                store.Close(room, log, subscriber);
            return default;
        }
    }
}
