using TPacket.Server.Redis.Nodes;

namespace TPacket.Server.Redis.Rooms;

/// <summary>A subscriber's handle of a room's log.</summary>
internal sealed class RedisRoomLog(NodePartition partition, OpenRoom room, RoomFeed feed) : IRoomLog
{
    private bool _isDisposed;

    public ValueTask<AppendResult> AppendAsync(RoomAppend append) =>
        Volatile.Read(ref _isDisposed) ? new(new AppendResult(AppendStatus.Closed, default)) : room.AppendAsync(append);

    public ValueTask<RoomPage> ReadRulesAsync(RoomPosition after, int maxEvents, CancellationToken cancellationToken) => room.ReadRulesAsync(after, maxEvents, cancellationToken);

    public ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken) => room.ReadAsync(after, maxEvents, cancellationToken);

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
            return default;
        feed.End();
        return new(partition.CloseAsync(room, feed));
    }
}
