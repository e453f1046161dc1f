using System.Buffers.Binary;
using TPacket.Protocol;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.Server.Sessions.Packets;

namespace TPacket.Server.Rules;

/// <summary>Has a room's rules decide, about packets and at the time that they have named. Called in the room's turn. On a conflict, they decide again for the state that the log has then.</summary>
internal sealed class RulesTurn(Room room, RulesRoom rules, RulesBinding binding, RoomRegistry rooms)
{
    private const long FailureDelay = 60_000;
    private const long ConflictDelay = 1_000;
    private const long ClockDelay = 100;

    private int Attempts => rooms.Options.RulesAttempts;

    private long Now => rooms.Wakes.Now;

    /// <summary>Has the rules decide about a packet, and answers it.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async ValueTask HandleAsync(SessionContext context)
    {
        var session = context.Session;
        var content = ContentOf(context);
        var begun = Now;
        var now = begun;
        for (var attempt = 0; attempt < Attempts && now - begun <= rooms.Options.StoreTimeout.TotalMilliseconds; attempt++)
        {
            var replica = await rules.ReadyAsync(isOutcomeUnknown: !session.Pending.Append.IsNone).ConfigureAwait(false);
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

            now = await GoOnAsync(proposal.Append, result, now).ConfigureAwait(false);
        }

        rooms.Metrics.RulesDecided("GivenUp");
        context.ReplyError(PacketErrorCode.RateLimited, "Too much is decided in this room at once; try again.");
    }

    /// <summary>Has the rules decide about a command of the host's.</summary>
    /// <returns>The decision. One with events was appended, and this server has delivered them.</returns>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time, or too much is decided at once.</exception>
    public async ValueTask<RulesProposal> DecideAsync(ReadOnlyMemory<byte> command)
    {
        var now = Now;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var replica = await rules.ReadyAsync(isOutcomeUnknown: false).ConfigureAwait(false);
            var proposal = replica.DecideOfHost(command, binding.Command, now);
            if (proposal.Kind == RulesProposalKind.Fail)
                throw new InvalidOperationException($"The rules '{binding.Rules.Name}' have failed to decide.", proposal.Error);
            if (proposal.Kind != RulesProposalKind.Append)
                return proposal;
            var result = await room.AppendAsync(proposal.Append).ConfigureAwait(false);
            if (result.IsAppended)
            {
                await room.Delivery.Progress.ReachAsync(result.Position).ConfigureAwait(false);
                if (rules.Replica is { } after && after.WakeAt != proposal.WakeAt)
                    rules.Settlement.Queue();
                return proposal;
            }

            if (result.Status is not (AppendStatus.Conflict or AppendStatus.OutOfTime))
                throw new RoomStoreException($"The log of the room does not take the decision: {result.Status}.", isOutcomeUnknown: false);
            now = await GoOnAsync(proposal.Append, result, now).ConfigureAwait(false);
        }

        throw new RoomStoreException("Too much is decided in the room at once.", isOutcomeUnknown: false);
    }

    /// <summary>Has the rules decide at the time that they have named.</summary>
    /// <returns>The time in milliseconds until they are asked again, where they could not; 0 otherwise.</returns>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async ValueTask<long> WakeAsync()
    {
        long? named = null;
        var delay = 0L;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var replica = await rules.ReadyAsync(isOutcomeUnknown: false).ConfigureAwait(false);
            var now = Now;
            // Another call has found meanwhile that the rules are to be asked again later.
            if (now < rules.Wake.NotBefore)
                return rules.Wake.NotBefore.GetValueOrDefault(now) - now;
            named = replica.WakeAt;
            var proposal = replica.Wake(binding.Command, now, rules.Worker?.Completed);
            if (proposal.Work is { } work)
            {
                if (rules.TryBegin(work, proposal.WakeAt))
                    return 0;
                continue;
            }

            if (proposal.Kind != RulesProposalKind.Append)
            {
                if (named <= now)
                    return await PutOffAsync(replica, proposal.Error, now).ConfigureAwait(false);
                // The timer may have been for another time, which nobody else would put right.
                rules.Wake.ArmAgain();
                await rules.Settlement.SettleAsync().ConfigureAwait(false);
                return 0;
            }

            var appended = await room.AppendAsync(proposal.Append).ConfigureAwait(false);
            if (appended.IsAppended)
            {
                rules.Worker?.Forget();
                rooms.Metrics.RulesWoken();
                if (rules.Replica is { } after && after.WakeAt == named)
                    return await PutOffAsync(after, null, now).ConfigureAwait(false);
                // They may name one time after the other that has passed already. Others get the turn between them, too.
                delay = 0;
                continue;
            }

            if (appended.Status is not (AppendStatus.Conflict or AppendStatus.OutOfTime))
                return 0;
            // The store's clock may be behind this server's.
            delay = appended.Status == AppendStatus.OutOfTime ? ClockDelay : ConflictDelay;
            if (appended.Status == AppendStatus.OutOfTime)
                break;
            await GoOnAsync(proposal.Append, appended, now).ConfigureAwait(false);
        }

        if (delay > 0)
            rules.Wake.PutOff(named, Now + delay);
        else
            rules.Wake.ArmAgain();
        return delay;
    }

    /// <summary>The wake-up has failed: the rules are asked again later.</summary>
    /// <param name="named">The time that they had named.</param>
    /// <param name="error">The error.</param>
    /// <returns>The time until then, in milliseconds.</returns>
    public long OnWakeFailed(long? named, Exception error)
    {
        RulesLog.WakeFailed(rooms.Logger, error, room.Name);
        rules.Wake.PutOff(named, Now + FailureDelay);
        return FailureDelay;
    }

    /// <summary>The packet, to tell a repeated one from another.</summary>
    private static ReadOnlyMemory<byte> ContentOf(SessionContext context)
    {
        // A packet without a uid of its own is not repeated.
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
        // The store's time is another than the one that was decided at, and the rules may want to be woken at another time for it.
        if (rules.Replica is { } replica && replica.WakeAt != proposal.WakeAt)
            rules.Settlement.Queue();
    }

    private async ValueTask AnswerAsync(SessionContext context, RulesProposal proposal, ReadOnlyMemory<byte> content)
    {
        // The packet may have been appended before, and the state is another one since.
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
            throw new InvalidOperationException($"The rules '{binding.Rules.Name}' have failed to decide.", proposal.Error);
    }

    /// <summary>Waits until the state is the one that the decision has to be made for.</summary>
    /// <returns>The time to decide at.</returns>
    private async ValueTask<long> GoOnAsync(RoomAppend append, AppendResult result, long now)
    {
        rooms.Metrics.RulesConflicted();
        if (result.Status == AppendStatus.Conflict)
            await room.Delivery.Progress.ReachAsync(result.Position).ConfigureAwait(false);
        now = Math.Max(now, Now);
        return result.Status == AppendStatus.OutOfTime && append.Condition!.NotAfter is { } last ? Math.Max(now, last + 1) : now;
    }

    /// <summary>The rules want to be woken, and then decide nothing that moves this time: they are asked again later.</summary>
    private async ValueTask<long> PutOffAsync(RulesReplica replica, Exception? error, long now)
    {
        rules.Worker?.Forget();
        RulesLog.WakeFailed(rooms.Logger, error ?? new InvalidOperationException("The rules wanted to be woken, and have decided nothing that moves this time."), room.Name);
        var later = now + FailureDelay;
        rules.Wake.PutOff(replica.WakeAt, later);
        await room.AppendAsync(replica.Checkpoint(withState: false, later, out _)).ConfigureAwait(false);
        return FailureDelay;
    }
}
