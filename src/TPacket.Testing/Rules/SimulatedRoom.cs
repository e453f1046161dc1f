using TPacket.Server;
using TPacket.Server.Rules.State;
using TPacket.Server.Stores.InMemory;
using TPacket.Server.Stores.Logs;

namespace TPacket.Testing.Rules;

/// <summary>
/// The room on a simulated node: subscribes to the log, computes the state of the rules with
/// the engine's replica, and writes checkpoints with the state and the next wake-up to the store.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="node">The node.</param>
internal sealed class SimulatedRoom(SimulatedRun run, SimulatedNode node)
{
    private readonly StreamHeads _heads = new();
    private readonly Queue<RoomEvent[]> _inbox = new();
    private readonly List<RoomEvent> _held = [];
    private readonly List<(long Offset, Action Then)> _waiters = [];
    private RulesReplica? _replica;
    private InMemorySubscription? _subscription;
    private RoomSnapshot? _snapshot;
    private int _opened;
    private long _lastDelivery;
    private long _downSince = -1;
    private bool _isSettling;

    /// <summary>Whether the state includes every delivered event.</summary>
    public bool IsReady { get; private set; }

    /// <summary>The offset of the last delivered event.</summary>
    public long Last { get; private set; }

    /// <summary>The state; null before the node has computed it.</summary>
    public object? State => IsReady ? _replica!.State : null;

    /// <summary>The engine's replica.</summary>
    public RulesReplica Replica => _replica!;

    /// <summary>Opens the room on a node that starts.</summary>
    /// <param name="downSince">The time since which no node was up; -1 if another node is up.</param>
    public void Start(long downSince)
    {
        (_lastDelivery, _isSettling, _downSince) = (0, false, downSince);
        _replica = run.Rules.CreateReplica(run.Findings, run.CheckpointEvents);
        Open();
    }

    /// <summary>Discards the state of the room on a node that has crashed.</summary>
    public void Stop()
    {
        IsReady = false;
        Unsubscribe();
        _waiters.Clear();
    }

    /// <summary>Continues from a snapshot, as after a reset by the store.</summary>
    public void Reset()
    {
        if (node.IsUp)
            Open();
    }

    /// <summary>Continues after an event was delivered, or after <see cref="SimulatedRun.StoreTimeout"/>.</summary>
    public void Reach(long offset, Action then)
    {
        if (Last >= offset)
        {
            then();
            return;
        }

        var isOver = false;
        _waiters.Add((offset, Once));
        node.Later(SimulatedRun.StoreTimeout, Once);

        void Once()
        {
            if (isOver)
                return;
            isOver = true;
            then();
        }
    }

    /// <summary>Appends the time of the next wake-up, and the state if a checkpoint is due.</summary>
    /// <param name="withState">Whether to write the state even if no checkpoint is due.</param>
    /// <param name="attempt">The number of earlier attempts.</param>
    public void Settle(bool withState = false, int attempt = 0)
    {
        if (!IsReady || attempt >= 3 || run.IsClosing)
            return;
        withState |= Replica.IsCheckpointDue;
        RoomAppend append;
        WrittenState written;
        try
        {
            append = Replica.Checkpoint(withState, null, out written);
        }
        catch (Exception e)
        {
            run.Findings.Report($"WriteState has thrown: {e}");
            return;
        }

        node.Append(append, 0, null, result =>
        {
            if (result is { IsAppended: true } && withState)
                Replica.OnCheckpoint(written);
            if (result is { Status: AppendStatus.Conflict } moved)
                Reach(moved.Position.Offset, () => Settle(withState, attempt + 1));
        });
    }

    private string Name => node.Name;

    private void Open()
    {
        Unsubscribe();
        _inbox.Clear();
        var opened = ++_opened;
        _subscription = new InMemorySubscription(new Subscriber(run, this, opened));
        run.Log.Subscribe(_subscription);
        Last = _snapshot!.Position.Offset;
        _heads.Reset(_snapshot.Streams);
        ReleaseWaiters(long.MaxValue);
        if (IsReady && Replica.IsAt(stream => _heads[stream]))
            return;
        IsReady = false;
        _held.Clear();
        node.Later(run.Delay(), () => Compute(opened));
    }

    private void Unsubscribe()
    {
        if (_subscription is not null)
            run.Log.Unsubscribe(_subscription);
        _subscription = null;
    }

    private void OnEvents(int opened, RoomEvent[] events)
    {
        if (opened != _opened)
            return;
        _inbox.Enqueue(events);
        _lastDelivery = Math.Max(_lastDelivery, run.Time.Now + run.Delay());
        node.Later(_lastDelivery - run.Time.Now, () => Receive(opened));
    }

    private void Receive(int opened)
    {
        if (opened != _opened || !_inbox.TryDequeue(out var events))
            return;
        foreach (var happened in events)
        {
            Last = happened.Offset;
            _heads.Move(happened);
            if (IsReady)
                Apply(happened);
            else
                _held.Add(happened);
            if (!IsReady && happened.Kind == RoomEventKind.Rules)
                Compute(opened);
        }

        ReleaseWaiters(Last);
    }

    /// <summary>Computes the state from the last written state and the later events.</summary>
    private void Compute(int opened)
    {
        if (opened != _opened || IsReady)
            return;
        var snapshot = _snapshot!;
        if (snapshot.Rules is null && _held.Find(static held => held.Kind == RoomEventKind.Rules) is not { Kind: RoomEventKind.Rules })
        {
            NameRules(opened);
            return;
        }

        var basis = snapshot.Rules ?? BasisOf(_held.Find(static held => held.Kind == RoomEventKind.Rules), snapshot.Position.Epoch);
        if (!Replica.TryBegin(basis))
        {
            run.Findings.Report($"{Name} cannot read the state that was kept after event {basis.Position.Offset}.");
            return;
        }

        run.Say($"{Name} computes the state from event {basis.Position.Offset}{(basis.State is null ? "" : ", whose state was kept")}");
        run.Log.Agree(basis.Position.Offset, run.Rules.Write(Replica.State), Name);
        var position = basis.Position;
        while (position.Offset < snapshot.Position.Offset)
        {
            var page = run.Log.ReadRules(position);
            if (page.IsGone && Replica.IsFinished)
                break;
            if (page.IsGone)
            {
                // Another node has written a later state meanwhile. A new snapshot contains it.
                node.Later(run.Delay(), Reset);
                return;
            }

            foreach (var happened in page.Events)
            {
                if (happened.Offset <= snapshot.Position.Offset)
                    Apply(happened);
            }

            if (page.Events.Count == 0)
                break;
            position = page.Position;
        }

        var computedTo = Math.Max(basis.Position.Offset, snapshot.Position.Offset);
        IsReady = true;
        foreach (var happened in _held)
        {
            if (happened.Offset > computedTo)
                Apply(happened);
        }

        _held.Clear();
        Replica.SetHeads(stream => _heads[stream]);
        Replica.EndEvent();
        node.WakeLater(Replica.WakeAt);
        OnReady(snapshot);
    }

    private void OnReady(RoomSnapshot snapshot)
    {
        if (_downSince >= 0 && snapshot.Rules is not null)
        {
            var opened = new RoomAppend(RoomEvent.Opened(TimeSpan.FromMilliseconds(run.Time.Now - _downSince))) { Condition = new AppendCondition { Streams = [_heads[RoomStream.Rules]] } };
            node.Append(opened, 0, null, static _ => { });
        }

        _downSince = -1;
        if (snapshot.Rules is null || run.Rules.ReadsPresence)
            Settle();
        node.Turn.Next();
    }

    /// <summary>Appends the event that gives the room its rules.</summary>
    private void NameRules(int opened)
    {
        var isNew = new AppendCondition { Streams = [new StreamHead(RoomStream.Rules, RoomPosition.NoEvent, 0)] };
        var named = RoomEvent.Rules(run.Rules.Name, run.Rules.Version, run.Rules.ReadsPresence, run.RoomSeed);
        node.Append(new RoomAppend(named) { Condition = isNew }, 0, null, result =>
        {
            if (result is null)
                node.Later(1_000, () => Compute(opened));
        });
    }

    private static RulesBasis BasisOf(in RoomEvent named, ulong epoch) => new(named, new RoomPosition(epoch, named.Offset, named.Check), named.P1, null);

    private void Apply(in RoomEvent happened)
    {
        if (run.Findings.First is not null)
            return;
        Replica.Apply(happened, out var error);
        if (error is not null)
            run.Findings.Report($"Evolve has thrown at event {happened.Offset}: {error}");
        if (run.Log.Agree(happened.Offset, run.Rules.Write(Replica.State), Name))
            CheckState(happened);
        Replica.EndEvent();
        if (!IsReady)
            return;
        node.WakeLater(Replica.WakeAt);
        if ((Replica.IsCheckpointDue || (happened.ChangesRoster && run.Rules.ReadsPresence) || happened.Kind == RoomEventKind.Opened) && !_isSettling)
        {
            _isSettling = true;
            node.Later(0, () =>
            {
                _isSettling = false;
                Settle();
            });
        }
    }

    private void CheckState(in RoomEvent happened)
    {
        try
        {
            run.Rules.CheckInvariant(Replica.State);
        }
        catch (Exception e)
        {
            run.Findings.Report($"The state after event {happened.Offset} violates an invariant: {e.Message}\n  state: {RulesFindings.Text(run.Rules.Write(Replica.State))}");
        }

        try
        {
            if (happened.Member is { } member)
            {
                Replica.Write(Replica.ViewOf(member, isEvent: true));
                Replica.Write(Replica.ViewOf(member, isEvent: false));
            }
        }
        catch (Exception e)
        {
            run.Findings.Report($"View, Change or ViewerOf has thrown after event {happened.Offset}: {e}");
        }
    }

    private void ReleaseWaiters(long offset)
    {
        for (var i = 0; i < _waiters.Count;)
        {
            var (waitsFor, then) = _waiters[i];
            if (waitsFor > offset)
            {
                i++;
                continue;
            }

            _waiters.RemoveAt(i);
            node.Later(0, then);
        }
    }

    /// <summary>Passes the events of one subscription to the room.</summary>
    private sealed class Subscriber(SimulatedRun run, SimulatedRoom room, int opened) : IRoomSubscriber
    {
        public void OnReset(RoomSnapshot snapshot) => room._snapshot = snapshot;

        public void OnEvents(ReadOnlySpan<RoomEvent> events)
        {
            var copies = new RoomEvent[events.Length];
            for (var i = 0; i < copies.Length; i++)
                copies[i] = events[i] with { Data = events[i].Data.ToArray() };
            room.OnEvents(opened, copies);
        }

        public void OnLost(Exception cause) => run.Findings.Report($"{room.Name} has lost its subscription: {cause}");
    }
}
