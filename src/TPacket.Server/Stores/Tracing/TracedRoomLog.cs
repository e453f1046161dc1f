using TPacket.Server.Diagnostics;

namespace TPacket.Server.Stores.Tracing;

/// <summary>Wraps a log of a room, and records each call as an activity if there are listeners.</summary>
internal sealed class TracedRoomLog(IRoomLog log, IRoomStore store, ServerActivities activities) : IRoomLog
{
    public ValueTask<AppendResult> AppendAsync(RoomAppend append) => activities.HasListeners
        ? activities.CallAsync(store, "append", "room", (log, append), static s => s.log.AppendAsync(s.append))
        : log.AppendAsync(append);

    public ValueTask<RoomPage> ReadRulesAsync(RoomPosition after, int maxEvents, CancellationToken cancellationToken) => activities.HasListeners
        ? activities.CallAsync(store, "read_rules", "room", (log, after, maxEvents, cancellationToken), static s => s.log.ReadRulesAsync(s.after, s.maxEvents, s.cancellationToken))
        : log.ReadRulesAsync(after, maxEvents, cancellationToken);

    public ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken) => activities.HasListeners
        ? activities.CallAsync(store, "read", "room", (log, after, maxEvents, cancellationToken), static s => s.log.ReadAsync(s.after, s.maxEvents, s.cancellationToken))
        : log.ReadAsync(after, maxEvents, cancellationToken);

    public ValueTask DisposeAsync() => log.DisposeAsync();
}
