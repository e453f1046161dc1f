using System.Buffers.Binary;
using TPacket.Protocol;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.Server.Rules.Registration;
using TPacket.Server.Rules.State;
using TPacket.Server.Sessions.Packets;

namespace TPacket.Server.Rules;

/// <summary>
/// Makes the decisions of a room's rules, about packets and at wake-up times, and appends their events.
/// Called in the room's turn. On a conflict, decides again for the new state.
/// </summary>
internal sealed class RulesTurn(Room room, RulesRoom rules, RulesBinding binding, RoomRegistry rooms)
{
    private const long FailureDelay = 60_000;
    private const long ConflictDelay = 1_000;
    private const long ClockDelay = 100;

    private int Attempts => rooms.Options.RulesAttempts;

    private long Now => rooms.Wakes.Now;

    /// <summary>Decides about a packet, and answers the packet.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async ValueTask HandleAsync(SessionContext context)
    {
        var session = context.Session;
        var content = ContentOf(context);
        var begun = Now;
        var now = begun;
        for (var attempt = 0; attempt < Attempts && now - begun <= rooms.Options.StoreTimeout.TotalMilliseconds; attempt++)
        {
            var replica = await rules.ReadyAsync(isOutcomeUnknown: session.Pending.Append is not null).ConfigureAwait(false);
            var proposal = replica.Decide(context.Data, binding.Command, session.Member!, now);
            if (proposal.Kind != RulesProposalKind.Append)
            {
                await AnswerAsync(context, proposal, content).ConfigureAwait(false);
                return;
            }

            var result = await PacketAppend.AppendAsync(session, context, room, proposal.Append with { Content = content }).ConfigureAwait(false);
            if (result.Status is not (AppendStatus.Conflict or AppendStatus.OutOfTime))
            {
                OnDecided(context, proposal, result);
                return;
            }

            now = await PrepareRetryAsync(proposal.Append, result, now).ConfigureAwait(false);
        }

        rooms.Metrics.RulesDecided("GivenUp");
        context.ReplyError(PacketErrorCode.RateLimited, "Too many commands conflict in this room; try again.");
    }

    /// <summary>Decides about a command of the host.</summary>
    /// <returns>The decision. The store has appended its events, and this server has delivered them.</returns>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time, or every attempt has conflicted.</exception>
    /// <exception cref="InvalidOperationException">The rules have thrown.</exception>
    public async ValueTask<RulesProposal> DecideAsync(ReadOnlyMemory<byte> command)
    {
        var now = Now;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var replica = await rules.ReadyAsync(isOutcomeUnknown: false).ConfigureAwait(false);
            var proposal = replica.DecideOfHost(command, binding.Command, now);
            if (proposal.Kind == RulesProposalKind.Fail)
                throw new InvalidOperationException($"The rules '{binding.Rules.Name}' failed to decide.", proposal.Error);
            if (proposal.Kind != RulesProposalKind.Append)
                return proposal;
            var result = await room.AppendAsync(proposal.Append).ConfigureAwait(false);
            if (result.IsAppended)
            {
                await room.Delivery.Progress.ReachAsync(result.Position).ConfigureAwait(false);
                if (rules.Replica is { } after && after.WakeAt != proposal.WakeAt)
                    rules.Checkpoints.Queue();
                return proposal;
            }

            if (result.Status is not (AppendStatus.Conflict or AppendStatus.OutOfTime))
                throw new RoomStoreException($"The log of the room has rejected the decision: {result.Status}.", isOutcomeUnknown: false);
            now = await PrepareRetryAsync(proposal.Append, result, now).ConfigureAwait(false);
        }

        throw new RoomStoreException("Too many commands conflict in the room.", isOutcomeUnknown: false);
    }

    /// <summary>Decides at the wake-up time.</summary>
    /// <returns>The delay of the next attempt in milliseconds after a failure; 0 otherwise.</returns>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async ValueTask<long> WakeAsync()
    {
        long? requested = null;
        var delay = 0L;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var replica = await rules.ReadyAsync(isOutcomeUnknown: false).ConfigureAwait(false);
            var now = Now;
            // Another call has postponed the wake-up meanwhile.
            if (now < rules.Wake.NotBefore)
                return rules.Wake.NotBefore.GetValueOrDefault(now) - now;
            requested = replica.WakeAt;
            var proposal = replica.Wake(binding.Command, now, rules.Worker?.Completed);
            if (proposal.Work is { } work)
            {
                if (rules.TryBegin(work, proposal.WakeAt))
                    return 0;
                continue;
            }

            if (proposal.Kind != RulesProposalKind.Append)
            {
                if (requested <= now)
                    return await PostponeAsync(replica, proposal.Error, now).ConfigureAwait(false);
                // The timer may have been set for another time.
                rules.Wake.Rearm();
                await rules.Checkpoints.WriteAsync().ConfigureAwait(false);
                return 0;
            }

            var appended = await room.AppendAsync(proposal.Append).ConfigureAwait(false);
            if (appended.IsAppended)
            {
                rules.Worker?.Forget();
                rooms.Metrics.RulesWoken();
                if (rules.Replica is { } after && after.WakeAt == requested)
                    return await PostponeAsync(after, null, now).ConfigureAwait(false);
                // The rules may request several times that have passed already. The loop is bounded, so that other packets get the turn.
                delay = 0;
                continue;
            }

            if (appended.Status is not (AppendStatus.Conflict or AppendStatus.OutOfTime))
                return 0;
            // The store's clock may lag behind the clock of this server.
            delay = appended.Status == AppendStatus.OutOfTime ? ClockDelay : ConflictDelay;
            if (appended.Status == AppendStatus.OutOfTime)
                break;
            await PrepareRetryAsync(proposal.Append, appended, now).ConfigureAwait(false);
        }

        if (delay > 0)
            rules.Wake.Postpone(requested, Now + delay);
        else
            rules.Wake.Rearm();
        return delay;
    }

    /// <summary>Logs a failed wake-up, and postpones the wake-up.</summary>
    /// <param name="requested">The requested wake-up time.</param>
    /// <param name="error">The error.</param>
    /// <returns>The delay of the next attempt in milliseconds.</returns>
    public long OnWakeFailed(long? requested, Exception error)
    {
        RulesLog.WakeFailed(rooms.Logger, error, room.Name);
        rules.Wake.Postpone(requested, Now + FailureDelay);
        return FailureDelay;
    }

    /// <summary>Returns the content by which a repeated packet is recognized.</summary>
    private static ReadOnlyMemory<byte> ContentOf(SessionContext context)
    {
        // Without receipts, packets are not repeated.
        if (!context.Session.Accepts((int)PacketCommand.Receipt))
            return default;
        var content = new byte[sizeof(int) + context.Data.Length];
        BinaryPrimitives.WriteInt32LittleEndian(content, context.Command);
        context.Data.Span.CopyTo(content.AsSpan(sizeof(int)));
        return content;
    }

    private void OnDecided(SessionContext context, RulesProposal proposal, in AppendResult result)
    {
        if (!result.IsAppended)
        {
            rooms.Metrics.RulesDecided("Refused");
            return;
        }

        rooms.Metrics.RulesDecided("Appended");
        if (!context.Session.Accepts((int)PacketCommand.Receipt))
            context.ReplyOk();
        // The store's time differs from the time of the decision, so the wake-up time may differ, too.
        if (rules.Replica is { } replica && replica.WakeAt != proposal.WakeAt)
            rules.Checkpoints.Queue();
    }

    private async ValueTask AnswerAsync(SessionContext context, RulesProposal proposal, ReadOnlyMemory<byte> content)
    {
        // A repeated packet may have been appended before, and the state has changed since.
        if (context.Session.Accepts((int)PacketCommand.Receipt) && context.Header.Uid > 0)
        {
            var before = await PacketAppend.AppendAsync(context.Session, context, room, new RoomAppend { Content = content }).ConfigureAwait(false);
            if (before.Status != AppendStatus.NotFound)
                return;
        }

        rooms.Metrics.RulesDecided(proposal.Kind == RulesProposalKind.Nothing ? "Nothing" : "Refused");
        if (proposal.Kind == RulesProposalKind.Nothing)
            context.ReplyOk();
        else if (proposal.Kind == RulesProposalKind.Refuse)
            context.ReplyError(proposal.Code, proposal.Why!);
        else
            throw new InvalidOperationException($"The rules '{binding.Rules.Name}' failed to decide.", proposal.Error);
    }

    /// <summary>Prepares the next attempt after a conflict: waits for the event that has caused the conflict.</summary>
    /// <returns>The time of the next decision.</returns>
    private async ValueTask<long> PrepareRetryAsync(RoomAppend append, AppendResult result, long now)
    {
        rooms.Metrics.RulesConflicted();
        if (result.Status == AppendStatus.Conflict)
            await room.Delivery.Progress.ReachAsync(result.Position).ConfigureAwait(false);
        now = Math.Max(now, Now);
        return result.Status == AppendStatus.OutOfTime && append.Condition!.NotAfter is { } last ? Math.Max(now, last + 1) : now;
    }

    /// <summary>Logs and postpones a wake-up that has not changed the wake-up time.</summary>
    private async ValueTask<long> PostponeAsync(RulesReplica replica, Exception? error, long now)
    {
        rules.Worker?.Forget();
        RulesLog.WakeFailed(rooms.Logger, error ?? new InvalidOperationException("Wake returned no event that changes the wake-up time."), room.Name);
        var later = now + FailureDelay;
        rules.Wake.Postpone(replica.WakeAt, later);
        await room.AppendAsync(replica.Checkpoint(withState: false, later, out _)).ConfigureAwait(false);
        return FailureDelay;
    }
}
