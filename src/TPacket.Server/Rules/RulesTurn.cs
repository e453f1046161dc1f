using System.Buffers.Binary;
using TPacket.Protocol;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.Server.Sessions;

namespace TPacket.Server.Rules;

/// <summary>Has a room's rules decide, about packets and at the time that they have named. Called in the room's turn. On a conflict, they decide again for the state that the log has then.</summary>
internal sealed class RulesTurn(Room room, RulesRoom rules, RulesBinding binding, RoomRegistry rooms)
{
    private static readonly TimeSpan _failureDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _conflictDelay = TimeSpan.FromSeconds(1);

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
            var replica = await rules.ReadyAsync(isOutcomeUnknown: session.UnknownUid != 0).ConfigureAwait(false);
            var proposal = replica.Decide(context.Data, binding.Command, session.Member!, now);
            if (proposal.Kind != RulesProposalKind.Append)
            {
                await AnswerAsync(context, proposal, content).ConfigureAwait(false);
                return;
            }

            var result = await PacketAppend.AppendAsync(session, context, room, proposal.Append with { Content = content }).ConfigureAwait(false);
            if (result.Status is not (AppendStatus.Conflict or AppendStatus.OutOfTime))
            {
                OnDecided(context, proposal.Append, result);
                return;
            }

            now = await GoOnAsync(proposal.Append, result, now).ConfigureAwait(false);
        }

        rooms.Metrics.RulesDecided("GivenUp");
        context.ReplyError(PacketErrorCode.RateLimited, "Too much is decided in this room at once; try again.");
    }

    /// <summary>Has the rules decide at the time that they have named.</summary>
    /// <returns>False where they could not, and are asked again later.</returns>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async ValueTask<bool> WakeAsync()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var replica = await rules.ReadyAsync(isOutcomeUnknown: false).ConfigureAwait(false);
            var now = Now;
            // Another call has found meanwhile that the rules are to be asked again later.
            if (now < rules.Wake.NotBefore)
                return false;
            var named = replica.WakeAt;
            var proposal = replica.Wake(binding.Command, now);
            if (proposal.Kind != RulesProposalKind.Append)
            {
                if (named <= now)
                    return await PutOffAsync(replica, proposal.Error, now).ConfigureAwait(false);
                await rules.Settlement.SettleAsync().ConfigureAwait(false);
                return true;
            }

            var result = await room.AppendAsync(proposal.Append).ConfigureAwait(false);
            if (result.IsAppended)
            {
                rooms.Metrics.RulesWoken();
                if (rules.Replica is { } after && after.WakeAt == named)
                    return await PutOffAsync(after, null, now).ConfigureAwait(false);
                continue;
            }

            // The store's clock is behind this server's.
            if (result.Status == AppendStatus.OutOfTime)
                break;
            if (result.Status != AppendStatus.Conflict)
                return true;
            await GoOnAsync(proposal.Append, result, now).ConfigureAwait(false);
        }

        rules.Wake.PutOff(Now + (long)_conflictDelay.TotalMilliseconds);
        return false;
    }

    /// <summary>The wake-up has failed: the rules are asked again later.</summary>
    public void OnWakeFailed(Exception error)
    {
        RulesLog.WakeFailed(rooms.Logger, error, room.Name);
        rules.Wake.PutOff(Now + (long)_failureDelay.TotalMilliseconds);
    }

    /// <summary>The packet, to tell a repeated one from another.</summary>
    private static byte[] ContentOf(SessionContext context)
    {
        var content = new byte[sizeof(int) + context.Data.Length];
        BinaryPrimitives.WriteInt32LittleEndian(content, context.Command);
        context.Data.Span.CopyTo(content.AsSpan(sizeof(int)));
        return content;
    }

    private void OnDecided(SessionContext context, in RoomAppend append, in AppendResult result)
    {
        if (!result.IsAppended)
        {
            rooms.Metrics.RulesDecided("Refused");
            return;
        }

        if (!context.Session.Accepts((int)PacketCommand.Receipt))
            context.ReplyOk();
        rooms.Metrics.RulesDecided("Appended");
        // The store's time is another than the one that was decided at, and the rules may want to be woken at another time for it.
        if (append.Checkpoint is { } said && rules.Replica is { } replica && replica.WakeAt != said.WakeAt)
            rules.Settlement.Queue();
    }

    private async ValueTask AnswerAsync(SessionContext context, RulesProposal proposal, byte[] content)
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
            await room.Delivery.ReachAsync(result.Position).ConfigureAwait(false);
        now = Math.Max(now, Now);
        return result.Status == AppendStatus.OutOfTime && append.Condition!.NotAfter is { } last ? Math.Max(now, last + 1) : now;
    }

    /// <summary>The rules want to be woken, and then decide nothing that moves this time: they are asked again later.</summary>
    private async ValueTask<bool> PutOffAsync(RulesReplica replica, Exception? error, long now)
    {
        RulesLog.WakeFailed(rooms.Logger, error ?? new InvalidOperationException("The rules wanted to be woken, and have decided nothing that moves this time."), room.Name);
        var later = now + (long)_failureDelay.TotalMilliseconds;
        rules.Wake.PutOff(later);
        await room.AppendAsync(replica.Checkpoint(withState: false, later, out _)).ConfigureAwait(false);
        return false;
    }
}
