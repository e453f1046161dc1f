using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;

namespace TPacket.Server.Rules;

/// <summary>Writes when a room's rules want to be woken, and their state where it is time to.</summary>
internal sealed class RulesSettlement(Room room, RulesRoom rules, RoomRegistry rooms)
{
    private const int Attempts = 3;

    private int _requests;

    /// <summary>Writes soon, on another thread: the store is not called from within its own call. One settlement runs at a time.</summary>
    public void Queue()
    {
        if (Interlocked.Increment(ref _requests) > 1)
            return;
        // A room that closes is to be settled before.
        var isHeld = room.TryHold();
        ThreadPool.UnsafeQueueUserWorkItem(static call => _ = call.settlement.SettleSafelyAsync(call.isHeld), (settlement: this, isHeld), preferLocal: false);
    }

    /// <summary>Writes. If the room has moved meanwhile, the server that has moved it writes.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async ValueTask SettleAsync()
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

    private async Task SettleSafelyAsync(bool isHeld)
    {
        int answered;
        do
        {
            answered = Volatile.Read(ref _requests);
            try
            {
                await SettleAsync().ConfigureAwait(false);
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
