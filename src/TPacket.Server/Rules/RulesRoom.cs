using TPacket.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.Server.Rules.Registration;
using TPacket.Server.Rules.State;
using TPacket.Server.Rules.Views;
using TPacket.Server.Rules.Waking;
using TPacket.Server.Sessions.Packets;

namespace TPacket.Server.Rules;

/// <summary>
/// The rules of an open room on this server. <see cref="RulesFold"/> computes the state when the room is opened;
/// the delivery then applies each event of the log. <see cref="RulesTurn"/> makes decisions.
/// </summary>
internal sealed class RulesRoom
{
    // Shared by all ready rooms to save memory.
    private static readonly TaskCompletionSource _isReady = Completed();

    private readonly Room _room;
    private readonly RulesBinding _binding;
    private readonly RoomRegistry _rooms;
    private readonly RulesFold _fold;
    private readonly RulesTurn _turn;

    // Written under the delivery's lock. The replica is also read without the lock.
    private volatile RulesReplica? _replica;
    private TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RoomSnapshot? _snapshot;
    private List<RoomEvent>? _held = [];

    /// <summary>Creates the rules of a room.</summary>
    /// <param name="room">The room.</param>
    /// <param name="binding">The rules.</param>
    /// <param name="rooms">The rooms of this server.</param>
    public RulesRoom(Room room, RulesBinding binding, RoomRegistry rooms)
    {
        (_room, _binding, _rooms) = (room, binding, rooms);
        _fold = new RulesFold(room, this, binding, rooms);
        _turn = new RulesTurn(room, this, binding, rooms);
        Checkpoints = new RulesCheckpointWriter(room, this, rooms);
        Wake = new WakeSchedule(room, this, rooms.Wakes);
        Views = new RulesViews(binding, room.Name, rooms.Logger);
    }

    /// <summary>The command of the members' packets and of their views.</summary>
    public int Command => _binding.Command;

    /// <summary>The state of the rules; null while it is being computed. Events are applied, and views computed, under the delivery's lock.</summary>
    public RulesReplica? Replica => _replica;

    /// <summary>The views of members. Guarded by the delivery's lock.</summary>
    public RulesViews Views { get; }

    /// <summary>The writer of checkpoints.</summary>
    public RulesCheckpointWriter Checkpoints { get; }

    /// <summary>The wake-up time of the room.</summary>
    public WakeSchedule Wake { get; }

    /// <summary>Runs the work of the rules; null before the first work. Used in the turn of the room.</summary>
    public RulesWorker? Worker { get; private set; }

    /// <summary>The entry of the next wake-up; null for none. Used by <see cref="WakeTimer"/>.</summary>
    public object? WakeEntry { get; set; }

    /// <summary>Whether wake-ups have ended. Used by <see cref="WakeTimer"/>.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Begins work, as <see cref="RulesWorker.TryBegin"/> does.</summary>
    public bool TryBegin(RulesWork work, long? requested) => (Worker ??= new RulesWorker(_room, this, _rooms)).TryBegin(work, requested);

    /// <summary>Continues from a snapshot. The caller holds the delivery's lock.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="headOf">Returns the last event of a stream at the snapshot.</param>
    /// <returns>
    /// True if the caller must call <see cref="ComputeAsync"/>. False if the state is still valid, or a running computation continues with the snapshot.
    /// </returns>
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

    /// <summary>Applies the next event of the log, or keeps it while the state is being computed. The caller holds the delivery's lock.</summary>
    public void OnEvent(in RoomEvent roomEvent)
    {
        if (_replica is { } replica)
            Apply(replica, roomEvent);
        else
            _held!.Add(roomEvent with { Data = roomEvent.Data.ToArray() });
    }

    /// <summary>Computes the state from the log, and appends the rules to a room that has none. Called after the log is open, by one caller at a time.</summary>
    /// <exception cref="RoomRulesException">The room has other rules or another version, or the rules fail.</exception>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async Task ComputeAsync()
    {
        RoomSnapshot? snapshot;
        bool isComplete;
        do
        {
            snapshot = _room.Delivery.Locked(this, static rules => rules._snapshot);
            var (replica, computedTo) = await _fold.ComputeAsync(snapshot!).ConfigureAwait(false);
            isComplete = _room.Delivery.TryCompleteRules(snapshot!, replica, computedTo);
        }
        while (!isComplete);
        // The condition lets only the first of several servers append the downtime.
        if (snapshot!.Downtime > TimeSpan.Zero && snapshot.Rules is not null)
            await _fold.AppendAsync(RoomEvent.Opened(snapshot.Downtime), snapshot.Streams.First(static head => head.Stream == RoomStream.Rules)).ConfigureAwait(false);
        var isUpgraded = await _fold.TryUpgradeAsync().ConfigureAwait(false);
        if (snapshot.Rules is null || isUpgraded || snapshot.Downtime > TimeSpan.Zero || _binding.Rules.ReadsPresence)
            await Checkpoints.WriteAsync().ConfigureAwait(false);
    }

    /// <summary>Applies the events that arrived during the computation, and makes the state available. The caller holds the delivery's lock.</summary>
    /// <returns>False if the room has continued from another snapshot meanwhile.</returns>
    /// <exception cref="RoomRulesException">The room has newer rules.</exception>
    public bool TryComplete(RoomSnapshot snapshot, RulesReplica replica, long computedTo, Func<RoomStream, StreamHead> headOf)
    {
        if (_snapshot != snapshot)
            return false;
        foreach (var roomEvent in _held!)
        {
            if (roomEvent.Offset > computedTo)
                _fold.Apply(replica, roomEvent);
        }

        if (replica.Version > _binding.Rules.Version)
            throw _fold.NewerRules(replica.Version);
        (_snapshot, _held) = (null, null);
        replica.SetHeads(headOf);
        replica.EndEvent();
        Views.Replica = replica;
        _replica = replica;
        Wake.Set(replica.WakeAt);
        _ready.TrySetResult();
        _ready = _isReady;
        return true;
    }

    /// <summary>Returns the event that has set the room's rules, if it was delivered during the computation.</summary>
    public RoomEvent? FindNamed() => _room.Delivery.Locked(this, static rules =>
        rules._held?.Find(static held => held.Kind == RoomEventKind.Rules) is { Kind: RoomEventKind.Rules } named ? named : default(RoomEvent?));

    /// <summary>Waits for the state.</summary>
    /// <param name="isOutcomeUnknown">The value of <see cref="RoomStoreException.IsOutcomeUnknown"/> in the exception.</param>
    /// <exception cref="RoomStoreException">The state was not computed in time.</exception>
    public async ValueTask<RulesReplica> ReadyAsync(bool isOutcomeUnknown)
    {
        if (_replica is { } replica)
            return replica;
        var ready = _room.Delivery.Locked(this, static rules => rules._ready.Task);
        return await _rooms.StoreDeadline.TryWaitAsync(ready).ConfigureAwait(false) && _replica is { } computed
            ? computed
            : throw new RoomStoreException($"The state of room '{Printable.Escape(_room.Name)}' could not be computed in time.", isOutcomeUnknown);
    }

    /// <summary>Ends wake-ups, because the room is closed.</summary>
    public void Close() => _rooms.Wakes.Close(this);

    /// <inheritdoc cref="RulesTurn.HandleAsync"/>
    public ValueTask HandleAsync(SessionContext context) => _turn.HandleAsync(context);

    /// <summary>Decides about a command of the host, in the room's turn.</summary>
    /// <inheritdoc cref="RulesTurn.DecideAsync"/>
    /// <exception cref="TimeoutException">The turn was not free in time.</exception>
    public async ValueTask<RulesProposal> DecideAsync(ReadOnlyMemory<byte> command)
    {
        var decided = default(RulesProposal);
        await _room.RunInTurnAsync(async _ => decided = await _turn.DecideAsync(command).ConfigureAwait(false)).ConfigureAwait(false);
        return decided;
    }

    /// <summary>Wakes the rules, in the room's turn.</summary>
    /// <returns>The delay of the next attempt in milliseconds after a failure; 0 otherwise.</returns>
    public async Task<long> WakeAsync()
    {
        if (!_room.TryHold())
            return 0;
        long? requested = null;
        try
        {
            await _room.OpenAsync().ConfigureAwait(false);
            var delay = 0L;
            requested = _replica?.WakeAt;
            await _room.RunInTurnAsync(async _ => delay = await _turn.WakeAsync().ConfigureAwait(false)).ConfigureAwait(false);
            return delay;
        }
        catch (Exception e)
        {
            return _turn.OnWakeFailed(requested, e);
        }
        finally
        {
            _room.Release();
        }
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }

    private void Suspend()
    {
        if (_replica is not null)
            _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (_replica, _held) = (null, []);
    }

    private void Apply(RulesReplica replica, in RoomEvent roomEvent)
    {
        var isRead = _fold.Apply(replica, roomEvent);
        if (replica.Version > _binding.Rules.Version)
        {
            // A server with newer rules has upgraded the room, so this server can no longer decide.
            Suspend();
            ThreadPool.UnsafeQueueUserWorkItem(static call => call._room.Lose(call.error), (_room, error: _fold.NewerRules(replica.Version)), preferLocal: false);
            return;
        }

        if (isRead)
            Wake.Set(replica.WakeAt);
        if (replica.IsCheckpointDue || (isRead && (roomEvent.ChangesRoster || roomEvent.Kind == RoomEventKind.Opened)))
            Checkpoints.Queue();
    }
}
