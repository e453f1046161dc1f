using TPacket.Server.Sqlite.Rooms;

namespace TPacket.Server.Sqlite;

/// <summary>A subscriber's handle of a room's log.</summary>
internal sealed class SqliteRoomLog(SqliteStore store, OpenRoom room, Subscription subscription) : IRoomLog
{
    private bool _isDisposed;

    public ValueTask<AppendResult> AppendAsync(RoomAppend append) =>
        Volatile.Read(ref _isDisposed) ? new(new AppendResult(AppendStatus.Closed, default)) : store.AppendAsync(room, append);

    public ValueTask<RoomPage> ReadRulesAsync(RoomPosition after, int maxEvents, CancellationToken cancellationToken) => store.ReadRulesAsync(room, after, maxEvents, cancellationToken);

    public ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken) => store.ReadAsync(room, after, maxEvents, cancellationToken);

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
            return default;
        subscription.End();
        return new(store.CloseAsync(room, subscription));
    }
}
