using System.Buffers.Binary;
using TPacket.Diagnostics;
using TPacket.Protocol;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.Server.Sessions;

namespace TPacket.Server.Rules;

/// <summary>
/// The rules of one open room on this server: computes their state when the room is opened, follows its log, appends decisions under the condition that the state is still the one that they were made for, and has the room woken.
/// </summary>
internal sealed class RulesRoom
{
    private const int PageEvents = 256;
    private const int SettleAttempts = 3;
    private static readonly TimeSpan _retry = TimeSpan.FromMinutes(1);

    private readonly Room _room;
    private readonly RulesBinding _binding;
    private readonly RoomRegistry _rooms;

    // Guarded by the delivery's lock; the replica is read by others, too.
    private volatile RulesReplica? _replica;
    private TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RoomSnapshot? _snapshot;
    private List<RoomEvent>? _held = [];
    private long? _wakeAt;
    private long _wakeNotBefore;
    private int _settling;

    /// <summary>Follows the rules of a room.</summary>
    /// <param name="room">The room.</param>
    /// <param name="binding">Its rules.</param>
    /// <param name="rooms">The rooms of this server.</param>
    public RulesRoom(Room room, RulesBinding binding, RoomRegistry rooms)
    {
        (_room, _binding, _rooms) = (room, binding, rooms);
        Views = new RulesViews(binding, error => RulesLog.ViewFailed(rooms.Logger, error, room.Name));
    }

    /// <summary>The command of the packets by which members act and see.</summary>
    public int Command => _binding.Command;

    /// <summary>The state of the rules; null while it is computed. Applied to, and seen by members, under the delivery's lock.</summary>
    public RulesReplica? Replica => _replica;

    /// <summary>What members see. Guarded by the delivery's lock.</summary>
    public RulesViews Views { get; }

    /// <summary>Where the room waits to be woken. Belongs to <see cref="RoomWakes"/>.</summary>
    public object? WakeEntry { get; set; }

    /// <summary>Whether the room wakes no more. Belongs to <see cref="RoomWakes"/>.</summary>
    public bool IsClosed { get; set; }

    /// <summary>The room goes on from a snapshot. The caller holds the delivery's lock.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="headOf">Where the streams of the log stand with it.</param>
    /// <returns>Whether the caller has <see cref="ComputeAsync()"/> run. While it runs, it finds the snapshot by itself.</returns>
    public bool OnReset(RoomSnapshot snapshot, Func<RoomStream, StreamHead> headOf)
    {
        _replica?.EndEvent();
        if (_replica?.IsAt(headOf) == true)
            return false;
        var wasReady = _replica is not null;
        Suspend();
        _snapshot = snapshot;
        return wasReady;
    }

    /// <summary>The next event of the log. The caller holds the delivery's lock.</summary>
    public void OnEvent(in RoomEvent roomEvent)
    {
        if (_replica is { } replica)
            Apply(replica, roomEvent);
        else
            _held!.Add(roomEvent with { Data = roomEvent.Data.ToArray() });
    }

    /// <summary>Computes the state from the log, and gives the room its rules where it has none. Called once the log is open, not twice at a time.</summary>
    /// <exception cref="RoomRulesException">The room has other rules, or another version of them, or they fail.</exception>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async Task ComputeAsync()
    {
        RoomSnapshot? snapshot;
        bool isComplete;
        do
        {
            snapshot = _room.Delivery.Locked(this, static rules => rules._snapshot);
            var (replica, computedTo) = await ComputeAsync(snapshot!).ConfigureAwait(false);
            isComplete = _room.Delivery.TryCompleteRules(snapshot!, replica, computedTo);
        }
        while (!isComplete);
        await UpgradeAsync().ConfigureAwait(false);
        if (snapshot!.Downtime > TimeSpan.Zero && snapshot.Rules is not null)
            await AppendUnmovedAsync(RoomEvent.Opened(snapshot.Downtime)).ConfigureAwait(false);
        if (snapshot.Rules is null || snapshot.Downtime > TimeSpan.Zero || _binding.Rules.ReadsPresence)
            await SettleAsync().ConfigureAwait(false);
    }

    /// <summary>Takes the events that came meanwhile. The caller holds the delivery's lock.</summary>
    /// <returns>False where the room went on from another snapshot meanwhile.</returns>
    /// <exception cref="RoomRulesException">The room has newer rules.</exception>
    public bool TryComplete(RoomSnapshot snapshot, RulesReplica replica, long computedTo, Func<RoomStream, StreamHead> headOf)
    {
        if (_snapshot != snapshot)
            return false;
        foreach (var roomEvent in _held!)
        {
            if (roomEvent.Offset > computedTo)
                ApplyTo(replica, roomEvent);
        }

        if (replica.Version > _binding.Rules.Version)
            throw NewerRules(replica.Version);
        (_snapshot, _held) = (null, null);
        replica.SetHeads(headOf);
        replica.EndEvent();
        Views.Replica = replica;
        _replica = replica;
        SetWake(replica);
        _ready.TrySetResult();
        return true;
    }

    /// <summary>The room is closed.</summary>
    public void Close() => _rooms.Wakes.Close(this);

    /// <summary>Has the rules decide about a packet, and answers it.</summary>
    public async ValueTask HandleAsync(SessionContext context)
    {
        var session = context.Session;
        var content = ContentOf(context);
        var begun = _rooms.Wakes.Now;
        var now = begun;
        for (var attempt = 0; attempt < _rooms.Options.RulesAttempts && now - begun <= _rooms.Options.StoreTimeout.TotalMilliseconds; attempt++)
        {
            if (await ReadyAsync().ConfigureAwait(false) is not { } replica)
                throw new RoomStoreException($"The state of room '{Printable.Escape(_room.Name)}' could not be computed in time.", isOutcomeUnknown: session.UnknownUid != 0);
            var proposal = replica.Decide(context.Data, Command, session.Member!, now);
            if (proposal.Kind != RulesProposalKind.Append)
            {
                await AnswerAsync(context, proposal, content).ConfigureAwait(false);
                return;
            }

            var result = await PacketAppend.AppendAsync(session, context, _room, proposal.Append with { Content = content }).ConfigureAwait(false);
            if (result.Status is not (AppendStatus.Conflict or AppendStatus.OutOfTime))
            {
                OnDecided(context, proposal.Append, result);
                return;
            }

            now = await GoOnAsync(proposal.Append, result, now).ConfigureAwait(false);
        }

        _rooms.Metrics.RulesDecided("GivenUp");
        context.ReplyError(PacketErrorCode.RateLimited, "Too much is decided in this room at once; try again.");
    }

    /// <summary>Has the rules decide at the time that they have named.</summary>
    /// <returns>False where they could not, and are asked again later.</returns>
    public async Task<bool> WakeAsync()
    {
        if (!_room.TryHold())
            return true;
        try
        {
            await _room.OpenAsync().ConfigureAwait(false);
            var isDone = true;
            await _room.RunInTurnAsync(async _ => isDone = await WakeInTurnAsync().ConfigureAwait(false)).ConfigureAwait(false);
            return isDone;
        }
        catch (Exception e)
        {
            RulesLog.WakeFailed(_rooms.Logger, e, _room.Name);
            WakeLater(_rooms.Wakes.Now + (long)_retry.TotalMilliseconds);
            return false;
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>The packet, to tell a repeated one from another.</summary>
    private static byte[] ContentOf(SessionContext context)
    {
        var content = new byte[sizeof(int) + context.Data.Length];
        BinaryPrimitives.WriteInt32LittleEndian(content, context.Command);
        context.Data.Span.CopyTo(content.AsSpan(sizeof(int)));
        return content;
    }

    private RoomRulesException NewerRules(int version) => new($"Room '{Printable.Escape(_room.Name)}' has version {version} of the rules '{_binding.Rules.Name}'; this server has version {_binding.Rules.Version}.");

    private RoomEvent NewRules() => RoomEvent.Rules(_binding.Rules.Name, _binding.Rules.Version, _binding.Rules.ReadsPresence, Random.Shared.NextInt64());

    /// <summary>The state; null where it was not computed in time.</summary>
    private async ValueTask<RulesReplica?> ReadyAsync()
    {
        if (_replica is { } replica)
            return replica;
        var ready = _room.Delivery.Locked(this, static rules => rules._ready.Task);
        return await _rooms.StoreDeadline.TryWaitAsync(ready).ConfigureAwait(false) ? _replica : null;
    }

    private void Suspend()
    {
        if (_replica is not null)
            _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (_replica, _held) = (null, []);
    }

    private async Task<(RulesReplica Replica, long ComputedTo)> ComputeAsync(RoomSnapshot snapshot)
    {
        var basis = snapshot.Rules ?? await NameAsync().ConfigureAwait(false);
        ThrowIfOthers(basis);
        var replica = Begin(basis);
        var position = basis.Position;
        while (position.Offset < snapshot.Position.Offset)
        {
            var page = await _room.ReadRulesAsync(position, PageEvents).ConfigureAwait(false);
            // The log may drop what comes behind the state of rules that have finished; it means nothing to them.
            if (page.IsGone && replica.IsFinished)
                break;
            if (page.IsGone)
                throw new RoomStoreException($"The log of room '{Printable.Escape(_room.Name)}' has lost events that its state is computed from.", isOutcomeUnknown: false);
            foreach (var roomEvent in page.Events)
            {
                if (roomEvent.Offset <= snapshot.Position.Offset)
                    ApplyTo(replica, roomEvent);
            }

            if (page.Events.Count == 0)
                break;
            position = page.Position;
        }

        return (replica, Math.Max(basis.Position.Offset, snapshot.Position.Offset));
    }

    private void ThrowIfOthers(RulesBasis basis)
    {
        var rules = _binding.Rules;
        if (basis.Rules.RulesName != rules.Name)
            throw new RoomRulesException($"Room '{Printable.Escape(_room.Name)}' has the rules '{Printable.Escape(basis.Rules.RulesName)}'; on this server it would have '{rules.Name}'.");
        if (basis.Version < rules.OldestVersion)
            throw new RoomRulesException($"Room '{Printable.Escape(_room.Name)}' has version {basis.Version} of the rules '{rules.Name}'; this server understands versions from {rules.OldestVersion} on.");
        if (basis.Version > rules.Version)
            throw NewerRules(basis.Version);
    }

    private RulesReplica Begin(RulesBasis basis)
    {
        var replica = _binding.Rules.CreateReplica(_room.Name);
        bool hasBegun;
        try
        {
            hasBegun = replica.TryBegin(basis);
        }
        catch (Exception e)
        {
            throw new RoomRulesException($"The rules '{_binding.Rules.Name}' fail to begin room '{Printable.Escape(_room.Name)}'.", e);
        }

        return hasBegun ? replica : throw new RoomRulesException($"The rules '{_binding.Rules.Name}' cannot read the state of room '{Printable.Escape(_room.Name)}', which version {basis.Version} has written.");
    }

    /// <summary>Gives the room its rules, unless another server was faster.</summary>
    private async ValueTask<RulesBasis> NameAsync()
    {
        var isNew = new AppendCondition { Streams = [new StreamHead(RoomStream.Rules, RoomPosition.NoEvent, 0)] };
        var named = await _room.AppendAsync(new RoomAppend(NewRules()) { Condition = isNew }).ConfigureAwait(false);
        if (named.Status is not (AppendStatus.Appended or AppendStatus.Conflict))
            throw new RoomStoreException($"The log of room '{Printable.Escape(_room.Name)}' does not take its rules: {named.Status}.", isOutcomeUnknown: false);
        await _room.Delivery.ReachAsync(named.Position).ConfigureAwait(false);
        var epoch = _room.Position.Epoch;
        return _room.Delivery.Locked(this, static rules => rules._held?.Find(static held => held.Kind == RoomEventKind.Rules)) is { Kind: RoomEventKind.Rules } first
            ? new RulesBasis(first, new RoomPosition(epoch, first.Offset, first.Check), first.P1, null)
            : throw new RoomStoreException($"The store of room '{Printable.Escape(_room.Name)}' did not deliver its rules in time.", isOutcomeUnknown: false);
    }

    /// <summary>The room has older rules: from here on, it has these.</summary>
    private async ValueTask UpgradeAsync()
    {
        for (var attempt = 0; _replica is { } replica && replica.Version < _binding.Rules.Version; attempt++)
        {
            if (attempt == _rooms.Options.RulesAttempts)
                throw new RoomStoreException($"Room '{Printable.Escape(_room.Name)}' does not take its newer rules.", isOutcomeUnknown: false);
            await AppendUnmovedAsync(NewRules()).ConfigureAwait(false);
        }
    }

    /// <summary>Appends an event that the rules hear of, unless they have moved.</summary>
    private async ValueTask AppendUnmovedAsync(RoomEvent roomEvent)
    {
        var condition = new AppendCondition { Streams = [_room.HeadOf(RoomStream.Rules)] };
        var result = await _room.AppendAsync(new RoomAppend(roomEvent) { Condition = condition }).ConfigureAwait(false);
        if (result.Status == AppendStatus.Conflict)
            await _room.Delivery.ReachAsync(result.Position).ConfigureAwait(false);
    }

    private bool ApplyTo(RulesReplica replica, in RoomEvent roomEvent)
    {
        var isRead = replica.Apply(roomEvent, out var error);
        if (error is not null)
            RulesLog.EvolveFailed(_rooms.Logger, error, _room.Name, roomEvent.Offset);
        return isRead;
    }

    private void Apply(RulesReplica replica, in RoomEvent roomEvent)
    {
        var isRead = ApplyTo(replica, roomEvent);
        if (replica.Version > _binding.Rules.Version)
        {
            // A server with newer rules has taken the room over. What it decides means nothing here.
            Suspend();
            ThreadPool.UnsafeQueueUserWorkItem(static call => call._room.Lose(call.error), (_room, error: NewerRules(replica.Version)), preferLocal: false);
            return;
        }

        if (isRead)
            SetWake(replica);
        if (replica.IsCheckpointDue || (isRead && (roomEvent.ChangesRoster || roomEvent.Kind == RoomEventKind.Opened)))
            SettleLater();
    }

    /// <summary>Has the room woken when its rules want it, but not before they are to be asked again. The caller holds the delivery's lock.</summary>
    private void SetWake(RulesReplica replica)
    {
        var wakeAt = replica.WakeAt;
        if (wakeAt == _wakeAt && _wakeNotBefore > 0)
            return;
        (_wakeAt, _wakeNotBefore) = (wakeAt, 0);
        _rooms.Wakes.Set(this, wakeAt);
    }

    private void WakeLater(long at) => _room.Delivery.Locked(this, rules =>
    {
        rules._wakeNotBefore = at;
        _rooms.Wakes.Set(rules, at);
        return at;
    });

    private void OnDecided(SessionContext context, in RoomAppend append, in AppendResult result)
    {
        if (!result.IsAppended)
        {
            _rooms.Metrics.RulesDecided("Refused");
            return;
        }

        if (!context.Session.Accepts((int)PacketCommand.Receipt))
            context.ReplyOk();
        _rooms.Metrics.RulesDecided("Appended");
        // The store's time is another than the one that was decided at, and the rules may want to be woken at another time for it.
        if (append.Checkpoint is { } said && _replica is { } replica && replica.WakeAt != said.WakeAt)
            SettleLater();
    }

    private async ValueTask AnswerAsync(SessionContext context, RulesProposal proposal, byte[] content)
    {
        // The packet may have been appended before, and the state is another one since.
        if (context.Session.Accepts((int)PacketCommand.Receipt) && context.Header.Uid > 0)
        {
            var before = await PacketAppend.AppendAsync(context.Session, context, _room, new RoomAppend { Content = content }).ConfigureAwait(false);
            if (before.Status != AppendStatus.NotFound)
                return;
        }

        _rooms.Metrics.RulesDecided(proposal.Kind == RulesProposalKind.Nothing ? "Nothing" : "Refused");
        if (proposal.Kind == RulesProposalKind.Nothing)
            context.ReplyOk();
        else if (proposal.Kind == RulesProposalKind.Refuse)
            context.ReplyError(proposal.Code, proposal.Why!);
        else
            throw new InvalidOperationException($"The rules '{_binding.Rules.Name}' have failed to decide.", proposal.Error);
    }

    private async ValueTask<long> GoOnAsync(RoomAppend append, AppendResult result, long now)
    {
        _rooms.Metrics.RulesConflicted();
        if (result.Status == AppendStatus.Conflict)
            await _room.Delivery.ReachAsync(result.Position).ConfigureAwait(false);
        now = Math.Max(now, _rooms.Wakes.Now);
        return result.Status == AppendStatus.OutOfTime && append.Condition!.NotAfter is { } last ? Math.Max(now, last + 1) : now;
    }

    private async ValueTask<bool> WakeInTurnAsync()
    {
        for (var attempt = 0; attempt < _rooms.Options.RulesAttempts; attempt++)
        {
            if (await ReadyAsync().ConfigureAwait(false) is not { } replica)
                throw new RoomStoreException($"The state of room '{Printable.Escape(_room.Name)}' could not be computed in time.", isOutcomeUnknown: false);
            var now = _rooms.Wakes.Now;
            // Another call has found meanwhile that the rules are to be asked again later.
            if (now < Volatile.Read(ref _wakeNotBefore))
                return false;
            var before = replica.WakeAt;
            var proposal = replica.Wake(Command, now);
            if (proposal.Kind != RulesProposalKind.Append)
            {
                if (before <= now)
                    return await PutOffAsync(replica, proposal.Error, now).ConfigureAwait(false);
                await SettleAsync().ConfigureAwait(false);
                return true;
            }

            var result = await _room.AppendAsync(proposal.Append).ConfigureAwait(false);
            if (result.IsAppended)
            {
                _rooms.Metrics.RulesWoken();
                if (_replica is { } after && after.WakeAt == before)
                    return await PutOffAsync(after, null, now).ConfigureAwait(false);
            }
            else if (result.Status == AppendStatus.Conflict)
            {
                await GoOnAsync(proposal.Append, result, now).ConfigureAwait(false);
            }
            else if (result.Status == AppendStatus.OutOfTime)
            {
                // The store's clock is behind this server's.
                break;
            }
            else
            {
                return true;
            }
        }

        WakeLater(_rooms.Wakes.Now + 1000);
        return false;
    }

    /// <summary>The rules want to be woken, and then decide nothing that moves this time: they are asked again later.</summary>
    private async ValueTask<bool> PutOffAsync(RulesReplica replica, Exception? error, long now)
    {
        RulesLog.WakeFailed(_rooms.Logger, error ?? new InvalidOperationException("The rules wanted to be woken, and have decided nothing that moves this time."), _room.Name);
        var later = now + (long)_retry.TotalMilliseconds;
        WakeLater(later);
        await _room.AppendAsync(replica.Checkpoint(withState: false, later, out _)).ConfigureAwait(false);
        return false;
    }

    // The store is not called from within its own call.
    private void SettleLater()
    {
        if (Interlocked.Exchange(ref _settling, 1) != 0)
            return;
        // A room that closes is to be settled before.
        var isHeld = _room.TryHold();
        ThreadPool.UnsafeQueueUserWorkItem(static call => _ = call.rules.SettleSafelyAsync(call.isHeld), (rules: this, isHeld), preferLocal: false);
    }

    private async Task SettleSafelyAsync(bool isHeld)
    {
        Volatile.Write(ref _settling, 0);
        try
        {
            await SettleAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            RulesLog.CheckpointFailed(_rooms.Logger, e, _room.Name);
        }
        finally
        {
            if (isHeld)
                _room.Release();
        }
    }

    /// <summary>Writes when the rules want to be woken, and the state where it is time to. If the room has moved meanwhile, whoever has moved it writes.</summary>
    private async ValueTask SettleAsync()
    {
        for (var attempt = 0; attempt < SettleAttempts; attempt++)
        {
            if (_replica is not { } replica)
                return;
            var withState = replica.IsCheckpointDue;
            var result = await _room.AppendAsync(CheckpointOf(replica, ref withState, out var events)).ConfigureAwait(false);
            if (result.IsAppended && withState)
                replica.OnCheckpoint(events);
            if (result.Status != AppendStatus.Conflict)
                return;
            await _room.Delivery.ReachAsync(result.Position).ConfigureAwait(false);
        }
    }

    private RoomAppend CheckpointOf(RulesReplica replica, ref bool withState, out long events)
    {
        try
        {
            return replica.Checkpoint(withState, WakeNotBefore(), out events);
        }
        catch (Exception e) when (withState)
        {
            RulesLog.CheckpointFailed(_rooms.Logger, e, _room.Name);
            withState = false;
            return replica.Checkpoint(withState: false, WakeNotBefore(), out events);
        }
    }

    private long? WakeNotBefore() => Volatile.Read(ref _wakeNotBefore) is var at and > 0 ? at : null;
}
