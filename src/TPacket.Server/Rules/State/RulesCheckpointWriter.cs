using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;

namespace TPacket.Server.Rules.State;

/// <summary>Writes checkpoints of a room's rules: their wake-up time, and their state after enough events.</summary>
internal sealed class RulesCheckpointWriter(Room room, RulesRoom rules, RoomRegistry rooms)
{
    private const int Attempts = 3;

    private int _requests;

    /// <summary>Queues a checkpoint on the thread pool, because a store must not be called from its own callback. One write runs at a time.</summary>
    public void Queue()
    {
        if (Interlocked.Increment(ref _requests) > 1)
            return;
        // Keeps the room open until the checkpoint is written.
        var isHeld = room.TryHold();
        ThreadPool.UnsafeQueueUserWorkItem(static call => _ = call.writer.WriteSafelyAsync(call.isHeld), (writer: this, isHeld), preferLocal: false);
    }

    /// <summary>
    /// Writes a checkpoint. After a conflict it tries again, at most three times in all;
    /// the server that has appended the conflicting event writes a checkpoint as well.
    /// </summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async ValueTask WriteAsync()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (rules.Replica is not { } replica)
                return;
            var withState = replica.IsCheckpointDue;
            var result = await room.AppendAsync(CheckpointOf(replica, ref withState, out var written)).ConfigureAwait(false);
            if (result.IsAppended && withState)
                replica.OnCheckpoint(written);
            if (result.Status != AppendStatus.Conflict)
                return;
            await room.Delivery.Progress.ReachAsync(result.Position).ConfigureAwait(false);
        }
    }

    private async Task WriteSafelyAsync(bool isHeld)
    {
        int answered;
        do
        {
            answered = Volatile.Read(ref _requests);
            try
            {
                await WriteAsync().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                RulesLog.CheckpointFailed(rooms.Logger, e, room.Name);
            }
        }
        while (Interlocked.Add(ref _requests, -answered) > 0);

        if (isHeld)
            room.Release();
    }

    private RoomAppend CheckpointOf(RulesReplica replica, ref bool withState, out WrittenState written)
    {
        try
        {
            return replica.Checkpoint(withState, rules.Wake.NotBefore, out written);
        }
        catch (Exception e) when (withState)
        {
            RulesLog.CheckpointFailed(rooms.Logger, e, room.Name);
            withState = false;
            return replica.Checkpoint(withState: false, rules.Wake.NotBefore, out written);
        }
    }
}
