using TPacket.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.Server.Sessions.Packets;

namespace TPacket.Server.Rules;

/// <summary>
/// The rules of one open room on this server: their state, which <see cref="RulesFold"/> computes when the room is opened and which follows the log from then on. <see cref="RulesTurn"/> has them decide.
/// </summary>
internal sealed class RulesRoom
{
    // Rooms that are ready share it: each would hold one of its own that nobody waits for.
    private static readonly TaskCompletionSource _isReady = Completed();

    private readonly Room _room;
    private readonly RulesBinding _binding;
    private readonly RoomRegistry _rooms;
    private readonly RulesFold _fold;
    private readonly RulesTurn _turn;

    // Guarded by the delivery's lock; the replica is read by others, too.
    private volatile RulesReplica? _replica;
    private TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RoomSnapshot? _snapshot;
    private List<RoomEvent>? _held = [];

    /// <summary>Follows the rules of a room.</summary>
    /// <param name="room">The room.</param>
    /// <param name="binding">Its rules.</param>
    /// <param name="rooms">The rooms of this server.</param>
    public RulesRoom(Room room, RulesBinding binding, RoomRegistry rooms)
    {
        (_room, _binding, _rooms) = (room, binding, rooms);
        _fold = new RulesFold(room, this, binding, rooms);
        _turn = new RulesTurn(room, this, binding, rooms);
        Settlement = new RulesSettlement(room, this, rooms);
        Wake = new RulesWake(room, this, rooms.Wakes);
        Views = new RulesViews(binding, room.Name, rooms.Logger);
    }

    /// <summary>The command of the packets by which members act and see.</summary>
    public int Command => _binding.Command;

    /// <summary>The state of the rules; null while it is computed. Applied to, and seen by members, under the delivery's lock.</summary>
    public RulesReplica? Replica => _replica;

    /// <summary>The views of members. Guarded by the delivery's lock.</summary>
    public RulesViews Views { get; }

    /// <summary>Writes checkpoints.</summary>
    public RulesSettlement Settlement { get; }

    /// <summary>When the room is woken.</summary>
    public RulesWake Wake { get; }

    /// <summary>Has the work done that the rules need before they decide; null where they have never needed any. Belongs to the turn of the room.</summary>
    public RulesWorker? Worker { get; private set; }

    /// <summary>The entry of the next wake-up; null for none. Belongs to <see cref="RoomWakes"/>.</summary>
    public object? WakeEntry { get; set; }

    /// <summary>Whether the room wakes no more. Belongs to <see cref="RoomWakes"/>.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Has work done, as <see cref="RulesWorker.TryBegin"/>.</summary>
    public bool TryBegin(RulesWork work, long? named) => (Worker ??= new RulesWorker(_room, this, _rooms)).TryBegin(work, named);

    /// <summary>The room goes on from a snapshot. The caller holds the delivery's lock.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="headOf">Where the streams of the log stand with it.</param>
    /// <returns>Whether the caller has <see cref="ComputeAsync"/> run. While it runs, it finds the snapshot by itself.</returns>
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
            var (replica, computedTo) = await _fold.ComputeAsync(snapshot!).ConfigureAwait(false);
            isComplete = _room.Delivery.TryCompleteRules(snapshot!, replica, computedTo);
        }
        while (!isComplete);
        // Of several servers, the first one says how long there was none.
        if (snapshot!.Downtime > TimeSpan.Zero && snapshot.Rules is not null)
            await _fold.AppendAsync(RoomEvent.Opened(snapshot.Downtime), snapshot.Streams.First(static head => head.Stream == RoomStream.Rules)).ConfigureAwait(false);
        var isUpgraded = await _fold.TryUpgradeAsync().ConfigureAwait(false);
        if (snapshot.Rules is null || isUpgraded || snapshot.Downtime > TimeSpan.Zero || _binding.Rules.ReadsPresence)
            await Settlement.SettleAsync().ConfigureAwait(false);
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

    /// <summary>The event that has given the room its rules, if it was delivered while the state is computed.</summary>
    public RoomEvent? FindNamed() => _room.Delivery.Locked(this, static rules =>
        rules._held?.Find(static held => held.Kind == RoomEventKind.Rules) is { Kind: RoomEventKind.Rules } named ? named : default(RoomEvent?));

    /// <summary>Waits for the state.</summary>
    /// <param name="isOutcomeUnknown">Whether the exception says that an append may have taken effect.</param>
    /// <exception cref="RoomStoreException">It was not computed in time.</exception>
    public async ValueTask<RulesReplica> ReadyAsync(bool isOutcomeUnknown)
    {
        if (_replica is { } replica)
            return replica;
        var ready = _room.Delivery.Locked(this, static rules => rules._ready.Task);
        return await _rooms.StoreDeadline.TryWaitAsync(ready).ConfigureAwait(false) && _replica is { } computed
            ? computed
            : throw new RoomStoreException($"The state of room '{Printable.Escape(_room.Name)}' could not be computed in time.", isOutcomeUnknown);
    }

    /// <summary>The room is closed.</summary>
    public void Close() => _rooms.Wakes.Close(this);

    /// <inheritdoc cref="RulesTurn.HandleAsync"/>
    public ValueTask HandleAsync(SessionContext context) => _turn.HandleAsync(context);

    /// <summary>Has the rules decide about a command of the host's, in the room's turn.</summary>
    /// <inheritdoc cref="RulesTurn.DecideAsync"/>
    /// <exception cref="TimeoutException">The turn was not free in time.</exception>
    public async ValueTask<RulesProposal> DecideAsync(ReadOnlyMemory<byte> command)
    {
        var decided = default(RulesProposal);
        await _room.RunInTurnAsync(async _ => decided = await _turn.DecideAsync(command).ConfigureAwait(false)).ConfigureAwait(false);
        return decided;
    }

    /// <summary>Has the rules decide at the time that they have named, in the room's turn.</summary>
    /// <returns>The time in milliseconds until they are asked again, where they could not; 0 otherwise.</returns>
    public async Task<long> WakeAsync()
    {
        if (!_room.TryHold())
            return 0;
        long? named = null;
        try
        {
            await _room.OpenAsync().ConfigureAwait(false);
            var delay = 0L;
            named = _replica?.WakeAt;
            await _room.RunInTurnAsync(async _ => delay = await _turn.WakeAsync().ConfigureAwait(false)).ConfigureAwait(false);
            return delay;
        }
        catch (Exception e)
        {
            return _turn.OnWakeFailed(named, e);
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
            // A server with newer rules has taken the room over. The decisions of these mean nothing any more.
            Suspend();
            ThreadPool.UnsafeQueueUserWorkItem(static call => call._room.Lose(call.error), (_room, error: _fold.NewerRules(replica.Version)), preferLocal: false);
            return;
        }

        if (isRead)
            Wake.Set(replica.WakeAt);
        if (replica.IsCheckpointDue || (isRead && (roomEvent.ChangesRoster || roomEvent.Kind == RoomEventKind.Opened)))
            Settlement.Queue();
    }
}
