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
    private readonly RulesReplica _replica;

    // Guarded by the delivery's lock.
    private RoomSnapshot? _snapshot;
    private List<RoomEvent>? _held = [];
    private long _computedTo;
    private TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _settling;

    /// <summary>Follows the rules of a room.</summary>
    /// <param name="room">The room.</param>
    /// <param name="binding">Its rules.</param>
    /// <param name="rooms">The rooms of this server.</param>
    public RulesRoom(Room room, RulesBinding binding, RoomRegistry rooms)
    {
        (_room, _binding, _rooms) = (room, binding, rooms);
        _replica = binding.Rules.CreateReplica(room.Name);
        Views = new RulesViews(binding.Command, _replica, error => RulesLog.ViewFailed(rooms.Logger, error, room.Name));
    }

    /// <summary>The command of the packets by which members act and see.</summary>
    public int Command => _binding.Command;

    /// <summary>What members see. Guarded by the delivery's lock.</summary>
    public RulesViews Views { get; }

    /// <summary>The state of the rules. Guarded by the delivery's lock, but for decisions.</summary>
    public RulesReplica Replica => _replica;

    /// <summary>Whether the state is that of the last event delivered. Guarded by the delivery's lock.</summary>
    public bool IsReady => _held is null;

    /// <summary>Where the room waits to be woken. Belongs to <see cref="RoomWakes"/>.</summary>
    public object? WakeEntry { get; set; }

    /// <summary>The room goes on from a snapshot. The caller holds the delivery's lock.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="headOf">Where the streams of the log stand with it.</param>
    /// <returns>Whether the state has to be computed anew.</returns>
    public bool OnReset(RoomSnapshot snapshot, Func<RoomStream, StreamHead> headOf)
    {
        if (IsReady && _replica.IsAt(headOf))
            return false;
        _snapshot = snapshot;
        if (_held is null)
            _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _held = [];
        return true;
    }

    /// <summary>The next event of the log. The caller holds the delivery's lock.</summary>
    public void OnEvent(in RoomEvent roomEvent)
    {
        if (_held is { } held)
            held.Add(roomEvent with { Data = roomEvent.Data.ToArray() });
        else
            Apply(roomEvent);
    }

    /// <summary>Computes the state from the log, and gives the room its rules where it has none. Called once the log is open.</summary>
    /// <exception cref="RoomRulesException">The room has other rules, or another version of them.</exception>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async Task ComputeAsync()
    {
        RoomSnapshot? snapshot;
        do
        {
            snapshot = _room.Delivery.Locked(this, static rules => rules._snapshot);
            await ComputeAsync(snapshot!).ConfigureAwait(false);
        }
        while (!_room.Delivery.TryCompleteRules(snapshot!));
        if (_replica.Version > _binding.Rules.Version)
            throw NewerRules(_replica.Version);
        if (_replica.Version < _binding.Rules.Version)
            await TellAsync(NewRules()).ConfigureAwait(false);
        if (snapshot!.Downtime > TimeSpan.Zero && snapshot.Rules is not null)
            await TellAsync(RoomEvent.Opened(snapshot.Downtime)).ConfigureAwait(false);
        if (snapshot.Rules is null || snapshot.Downtime > TimeSpan.Zero || _binding.Rules.ReadsPresence)
            await SettleAsync().ConfigureAwait(false);
    }

    /// <summary>Takes the events that came meanwhile. The caller holds the delivery's lock.</summary>
    /// <returns>False where the room went on from another snapshot meanwhile.</returns>
    public bool TryComplete(RoomSnapshot snapshot, Func<RoomStream, StreamHead> headOf)
    {
        if (_snapshot != snapshot || _held is not { } held)
            return false;
        _held = null;
        foreach (var roomEvent in held)
        {
            if (roomEvent.Offset > _computedTo)
                Apply(roomEvent);
        }

        _replica.SetHeads(headOf);
        _replica.EndEvent();
        _rooms.Wakes.Set(this, _replica.WakeAt);
        _ready.TrySetResult();
        return true;
    }

    /// <summary>The room is closed.</summary>
    public void Close() => _rooms.Wakes.Set(this, null);

    /// <summary>Has the rules decide about a packet, and answers it.</summary>
    public async ValueTask HandleAsync(SessionContext context)
    {
        if (!_ready.Task.IsCompleted && !await _rooms.StoreDeadline.TryWaitAsync(_ready.Task).ConfigureAwait(false))
            throw new RoomStoreException($"The state of room '{Printable.Escape(_room.Name)}' could not be computed in time.", isOutcomeUnknown: false);
        var now = _rooms.Wakes.Now;
        for (var attempt = 0; attempt < _rooms.Options.RulesAttempts; attempt++)
        {
            var proposal = _replica.Decide(context.Data, Command, context.Session.Member!, now);
            if (proposal.Kind != RulesProposalKind.Append)
            {
                await AnswerAsync(context, proposal).ConfigureAwait(false);
                return;
            }

            var result = await PacketAppend.AppendAsync(context.Session, context, _room, proposal.Append with { Content = context.Data }).ConfigureAwait(false);
            if (result.Status is not (AppendStatus.Conflict or AppendStatus.OutOfTime))
            {
                if (result.IsAppended && !context.Session.Accepts((int)PacketCommand.Receipt))
                    context.ReplyOk();
                _rooms.Metrics.RulesDecided(result.IsAppended ? "Appended" : "Refused");
                return;
            }

            now = await GoOnAsync(proposal.Append, result, now).ConfigureAwait(false);
        }

        _rooms.Metrics.RulesDecided("GivenUp");
        context.ReplyError(PacketErrorCode.RateLimited, "Too much is decided in this room at once; try again.");
    }

    /// <summary>Has the rules decide at the time that they have named.</summary>
    public async Task WakeAsync()
    {
        if (!_room.TryHold())
            return;
        try
        {
            await _room.OpenAsync().ConfigureAwait(false);
            await _room.RunInTurnAsync(_ => WakeInTurnAsync()).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            RulesLog.WakeFailed(_rooms.Logger, e, _room.Name);
            _rooms.Wakes.Set(this, _rooms.Wakes.Now + (long)_retry.TotalMilliseconds);
        }
        finally
        {
            _room.Release();
        }
    }

    private RoomRulesException NewerRules(int version) => new($"Room '{Printable.Escape(_room.Name)}' has version {version} of the rules '{_binding.Rules.Name}'; this server has version {_binding.Rules.Version}.");

    private RoomEvent NewRules() => RoomEvent.Rules(_binding.Rules.Name, _binding.Rules.Version, _binding.Rules.ReadsPresence, Random.Shared.NextInt64());

    private async Task ComputeAsync(RoomSnapshot snapshot)
    {
        var basis = snapshot.Rules ?? await NameAsync().ConfigureAwait(false);
        if (basis.Rules.RulesName != _binding.Rules.Name)
            throw new RoomRulesException($"Room '{Printable.Escape(_room.Name)}' has the rules '{Printable.Escape(basis.Rules.RulesName)}'; on this server it would have '{_binding.Rules.Name}'.");
        if (basis.Version < _binding.Rules.OldestVersion)
            throw new RoomRulesException($"Room '{Printable.Escape(_room.Name)}' has version {basis.Version} of the rules '{_binding.Rules.Name}'; this server understands versions from {_binding.Rules.OldestVersion} on.");
        if (basis.Version > _binding.Rules.Version)
            throw NewerRules(basis.Version);
        if (!_replica.TryBegin(basis))
            throw new RoomRulesException($"The rules '{_binding.Rules.Name}' cannot read the state of room '{Printable.Escape(_room.Name)}', which version {basis.Version} has written.");
        var position = basis.Position;
        while (position.Offset < snapshot.Position.Offset)
        {
            var page = await _room.ReadRulesAsync(position, PageEvents).ConfigureAwait(false);
            if (page.IsGone)
                throw new RoomStoreException($"The log of room '{Printable.Escape(_room.Name)}' has lost events that its state is computed from.", isOutcomeUnknown: false);
            foreach (var roomEvent in page.Events)
            {
                if (roomEvent.Offset <= snapshot.Position.Offset)
                    Apply(roomEvent);
            }

            if (page.Events.Count == 0)
                break;
            position = page.Position;
        }

        _computedTo = Math.Max(basis.Position.Offset, snapshot.Position.Offset);
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

    /// <summary>Appends an event of the room that the rules hear of, unless they have moved.</summary>
    private async ValueTask TellAsync(RoomEvent roomEvent)
    {
        var condition = new AppendCondition { Streams = [_room.HeadOf(RoomStream.Rules)] };
        await _room.AppendAsync(new RoomAppend(roomEvent) { Condition = condition }).ConfigureAwait(false);
    }

    private void Apply(in RoomEvent roomEvent)
    {
        if (roomEvent.Kind == RoomEventKind.Rules && roomEvent.P1 > _binding.Rules.Version && IsReady)
            ThreadPool.UnsafeQueueUserWorkItem(static call => call.room.Lose(call.error), (room: _room, error: NewerRules(roomEvent.P1)), preferLocal: false);
        if (_replica.Apply(roomEvent) is { } error)
            RulesLog.EvolveFailed(_rooms.Logger, error, _room.Name, roomEvent.Offset);
        if (!IsReady)
            return;
        _rooms.Wakes.Set(this, _replica.WakeAt);
        if (_replica.IsCheckpointDue || (roomEvent.ChangesRoster && _binding.Rules.ReadsPresence) || roomEvent.Kind == RoomEventKind.Opened)
            SettleLater();
    }

    private async ValueTask AnswerAsync(SessionContext context, RulesProposal proposal)
    {
        // The packet may have been appended before, and the state is another one since.
        if (context.Session.Accepts((int)PacketCommand.Receipt) && context.Header.Uid > 0)
        {
            var before = await PacketAppend.AppendAsync(context.Session, context, _room, new RoomAppend { Content = context.Data }).ConfigureAwait(false);
            if (before.Status != AppendStatus.NotFound)
                return;
        }

        _rooms.Metrics.RulesDecided(proposal.Kind == RulesProposalKind.Nothing ? "Nothing" : "Refused");
        if (proposal.Kind == RulesProposalKind.Nothing)
            context.ReplyOk();
        else if (proposal.Kind == RulesProposalKind.Refuse)
            context.ReplyError(proposal.Code, proposal.Why!);
        else
            throw proposal.Error!;
    }

    private async ValueTask<long> GoOnAsync(RoomAppend append, AppendResult result, long now)
    {
        _rooms.Metrics.RulesConflicted();
        if (result.Status == AppendStatus.Conflict)
            await _room.Delivery.ReachAsync(result.Position).ConfigureAwait(false);
        now = Math.Max(now, _rooms.Wakes.Now);
        return result.Status == AppendStatus.OutOfTime && append.Condition!.NotAfter is { } last ? Math.Max(now, last + 1) : now;
    }

    private async ValueTask WakeInTurnAsync()
    {
        for (var attempt = 0; attempt < _rooms.Options.RulesAttempts; attempt++)
        {
            var now = _rooms.Wakes.Now;
            var proposal = _replica.Wake(Command, now);
            if (proposal.Kind != RulesProposalKind.Append)
            {
                if (_replica.WakeAt <= now)
                    await PutOffAsync(proposal.Error, now).ConfigureAwait(false);
                else
                    await SettleAsync().ConfigureAwait(false);
                return;
            }

            var result = await _room.AppendAsync(proposal.Append).ConfigureAwait(false);
            if (result.IsAppended)
                _rooms.Metrics.RulesWoken();
            else if (result.Status is AppendStatus.Conflict or AppendStatus.OutOfTime)
                await GoOnAsync(proposal.Append, result, now).ConfigureAwait(false);
            else
                return;
        }

        _rooms.Wakes.Set(this, _rooms.Wakes.Now + 1000);
    }

    /// <summary>The rules want to be woken, and then decide nothing: they are asked again later.</summary>
    private async ValueTask PutOffAsync(Exception? error, long now)
    {
        RulesLog.WakeFailed(_rooms.Logger, error ?? new InvalidOperationException("The rules wanted to be woken, and have decided nothing that moves this time."), _room.Name);
        var later = now + (long)_retry.TotalMilliseconds;
        await _room.AppendAsync(_replica.Checkpoint(withState: false, later, out _)).ConfigureAwait(false);
        _rooms.Wakes.Set(this, later);
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
            var withState = _replica.IsCheckpointDue;
            var result = await _room.AppendAsync(_replica.Checkpoint(withState, null, out var events)).ConfigureAwait(false);
            if (result.IsAppended && withState)
                _replica.OnCheckpoint(events);
            if (result.Status != AppendStatus.Conflict)
                return;
            await _room.Delivery.ReachAsync(result.Position).ConfigureAwait(false);
        }
    }
}
