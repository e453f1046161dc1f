using TPacket.Server;
using TPacket.Server.Rules;
using TPacket.Server.Stores;

namespace TPacket.Testing;

/// <summary>A server of a simulation: one room, with the engine's replica of its rules. What is due while it is paused is done when the pause is over; what is due when it has crashed is not done.</summary>
internal sealed class SimulatedNode
{
    private readonly SimulatedRun _run;
    private readonly int _number;
    private readonly long _skew;
    private readonly StreamHeads _heads = new();
    private readonly Queue<RoomEvent[]> _inbox = new();
    private readonly List<RoomEvent> _held = [];
    private readonly List<(long Offset, Action Then)> _waiters = [];
    private RulesReplica? _replica;
    private InMemorySubscription? _subscription;
    private RoomSnapshot? _snapshot;
    private int _opened;
    private long _lastDelivery;
    private long _pausedUntil;
    private long _downSince = -1;
    private long _fenced;
    private bool _isSettling;

    /// <summary>Makes a node that is down.</summary>
    /// <param name="run">The run.</param>
    /// <param name="number">The node's number, from 1.</param>
    /// <param name="skew">How far its clock is ahead of the store's, in milliseconds.</param>
    public SimulatedNode(SimulatedRun run, int number, long skew)
    {
        (_run, _number, _skew) = (run, number, skew);
        Name = $"node {number}";
        Turn = new SimulatedTurn(run, this);
    }

    public string Name { get; }

    /// <summary>Counts the starts and ends of the node.</summary>
    public long Incarnation { get; private set; }

    public bool IsUp { get; private set; }

    /// <summary>Whether the state is that of the last event delivered.</summary>
    public bool IsReady { get; private set; }

    /// <summary>The rules' decisions, one at a time.</summary>
    public SimulatedTurn Turn { get; }

    /// <summary>The node's time, in milliseconds since the Unix epoch.</summary>
    public long Now => _run.Time.Now + _skew;

    /// <summary>The last event that was delivered.</summary>
    public long Last { get; private set; }

    /// <summary>The state; null where the node has none.</summary>
    public object? State => IsReady ? _replica!.State : null;

    /// <summary>The engine's replica.</summary>
    public RulesReplica Replica => _replica!;

    /// <summary>When the node is to be woken, by its own clock; null for never.</summary>
    public long? WakeTimer { get; private set; }

    public void Start()
    {
        Incarnation++;
        _run.Counts.Starts++;
        _run.Say($"{Name} starts");
        (IsUp, _lastDelivery, _isSettling) = (true, 0, false);
        _downSince = _run.EndDowntime();
        _replica = _run.Rules.CreateReplica(_run.Findings, _run.CheckpointEvents);
        Open();
    }

    /// <summary>The store goes on from a snapshot.</summary>
    public void Reset()
    {
        if (IsUp)
            Open();
    }

    /// <summary>Everything that the node holds is gone.</summary>
    public void Crash()
    {
        if (!IsUp)
            return;
        var lost = Incarnation++;
        (IsUp, IsReady, _pausedUntil, WakeTimer) = (false, false, 0, null);
        Unsubscribe();
        _waiters.Clear();
        Turn.Clear();
        _run.OnCrashed(this, lost);
    }

    /// <summary>Nothing is done for a time.</summary>
    public void Pause(long time)
    {
        if (IsUp)
            _pausedUntil = Math.Max(_pausedUntil, _run.Time.Now + time);
    }

    public void EndPause() => _pausedUntil = 0;

    /// <summary>The store takes nothing more from an incarnation of the node: its lease is over.</summary>
    public void Fence(long incarnation) => _fenced = Math.Max(_fenced, incarnation);

    /// <summary>Runs an action later on this node, unless it crashes before.</summary>
    public void Later(long delay, Action action)
    {
        var incarnation = Incarnation;
        _run.Time.After(delay, () => Enter(incarnation, action));
    }

    /// <summary>A packet is on its way to this node.</summary>
    public void Deliver(SimulatedPacket packet)
    {
        if (IsUp)
            Later(_run.Delay(), () => Turn.Add(packet));
    }

    /// <summary>Has the store append, which may take long, or be lost on the way there or back.</summary>
    /// <param name="append">The request.</param>
    /// <param name="author">The session whose request it is; 0 for the host.</param>
    /// <param name="wakeAt">The time that the rules have named, where they were woken.</param>
    /// <param name="onAnswer">Gets the answer; null where the outcome is unknown.</param>
    public void Append(RoomAppend append, long author, long? wakeAt, Action<AppendResult?> onAnswer)
    {
        var incarnation = Incarnation;
        var isAnswered = false;
        var there = _run.Time.Now + _run.Delay();
        var back = _run.Delay();
        var (isLost, isAnswerLost) = (_run.Happens(2), _run.Happens(4));
        if (!isLost)
        {
            // Appends of one author take effect in the order of the calls.
            there = _run.Order(author == 0 ? -((incarnation * 1_000) + _number) : author, there);
            _run.Time.At(there, () =>
            {
                if (_run.Findings.First is not null)
                    return;
                var isFenced = incarnation <= _fenced;
                if (isFenced)
                    _run.Counts.Fenced++;
                var result = isFenced ? new AppendResult(AppendStatus.Fenced, default) : _run.Log.Append(append, wakeAt);
                if (isAnswerLost)
                    _run.Say($"the answer to {Name} is lost ({result.Status})");
                else
                    _run.Time.After(back, () => Enter(incarnation, () => Answer(result)));
            });
        }

        if (isLost || isAnswerLost || there + back - _run.Time.Now >= SimulatedRun.StoreTimeout)
            Later(SimulatedRun.StoreTimeout, () => Answer(null));

        void Answer(AppendResult? result)
        {
            if (isAnswered)
                return;
            isAnswered = true;
            onAnswer(result);
        }
    }

    /// <summary>Goes on when an event was delivered, or has not been in time.</summary>
    public void Reach(long offset, Action then)
    {
        if (Last >= offset)
        {
            then();
            return;
        }

        var isOver = false;
        _waiters.Add((offset, Once));
        Later(SimulatedRun.StoreTimeout, Once);

        void Once()
        {
            if (isOver)
                return;
            isOver = true;
            then();
        }
    }

    /// <summary>Is woken at a time by its own clock, and at no other.</summary>
    public void WakeLater(long? wakeAt)
    {
        if (wakeAt == WakeTimer)
            return;
        WakeTimer = wakeAt;
        if (wakeAt is { } at)
            Later(Math.Max(0, at - Now), () => OnTimer(at));
    }

    /// <summary>Writes when the rules want to be woken, and the state where it is time to.</summary>
    /// <param name="withState">Whether the state is written in any case.</param>
    /// <param name="attempt">How often it was tried.</param>
    public void Settle(bool withState = false, int attempt = 0)
    {
        if (!IsReady || attempt >= 3 || _run.IsClosing)
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
            _run.Findings.Report($"WriteState has thrown: {e}");
            return;
        }

        Append(append, 0, null, result =>
        {
            if (result is { IsAppended: true } && withState)
                Replica.OnCheckpoint(written);
            if (result is { Status: AppendStatus.Conflict } moved)
                Reach(moved.Position.Offset, () => Settle(withState, attempt + 1));
        });
    }

    private void Enter(long incarnation, Action action)
    {
        if (incarnation != Incarnation || _run.Findings.First is not null)
            return;
        if (_run.Time.Now < _pausedUntil)
            _run.Time.At(_pausedUntil, () => Enter(incarnation, action));
        else
            action();
    }

    private void Open()
    {
        Unsubscribe();
        _inbox.Clear();
        var opened = ++_opened;
        _subscription = new InMemorySubscription(new Subscriber(this, opened));
        _run.Log.Subscribe(_subscription);
        Last = _snapshot!.Position.Offset;
        _heads.Reset(_snapshot.Streams);
        ReleaseWaiters(long.MaxValue);
        if (IsReady && Replica.IsAt(stream => _heads[stream]))
            return;
        IsReady = false;
        _held.Clear();
        Later(_run.Delay(), () => Compute(opened));
    }

    private void Unsubscribe()
    {
        if (_subscription is not null)
            _run.Log.Unsubscribe(_subscription);
        _subscription = null;
    }

    private void OnEvents(int opened, RoomEvent[] events)
    {
        if (opened != _opened)
            return;
        _inbox.Enqueue(events);
        _lastDelivery = Math.Max(_lastDelivery, _run.Time.Now + _run.Delay());
        Later(_lastDelivery - _run.Time.Now, () => Receive(opened));
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

    /// <summary>Computes the state from what the log has kept and the events behind it.</summary>
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
            _run.Findings.Report($"{Name} cannot read the state that was kept behind event {basis.Position.Offset}.");
            return;
        }

        _run.Say($"{Name} computes the state from event {basis.Position.Offset}{(basis.State is null ? "" : ", whose state was kept")}");
        _run.Log.Agree(basis.Position.Offset, _run.Rules.Write(Replica.State), Name);
        var position = basis.Position;
        while (position.Offset < snapshot.Position.Offset)
        {
            var page = _run.Log.ReadRules(position);
            if (page.IsGone && Replica.IsFinished)
                break;
            if (page.IsGone)
            {
                // Another node has written the state meanwhile: that one is read instead.
                Later(_run.Delay(), Reset);
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
        WakeLater(Replica.WakeAt);
        OnReady(snapshot);
    }

    private void OnReady(RoomSnapshot snapshot)
    {
        if (_downSince >= 0 && snapshot.Rules is not null)
        {
            var opened = new RoomAppend(RoomEvent.Opened(TimeSpan.FromMilliseconds(_run.Time.Now - _downSince))) { Condition = new AppendCondition { Streams = [_heads[RoomStream.Rules]] } };
            Append(opened, 0, null, static _ => { });
        }

        _downSince = -1;
        if (snapshot.Rules is null || _run.Rules.ReadsPresence)
            Settle();
        Turn.Next();
    }

    // The room has no rules yet.
    private void NameRules(int opened)
    {
        var isNew = new AppendCondition { Streams = [new StreamHead(RoomStream.Rules, RoomPosition.NoEvent, 0)] };
        var named = RoomEvent.Rules(_run.Rules.Name, _run.Rules.Version, _run.Rules.ReadsPresence, _run.RoomSeed);
        Append(new RoomAppend(named) { Condition = isNew }, 0, null, result =>
        {
            if (result is null)
                Later(1_000, () => Compute(opened));
        });
    }

    private static RulesBasis BasisOf(in RoomEvent named, ulong epoch) => new(named, new RoomPosition(epoch, named.Offset, named.Check), named.P1, null);

    private void Apply(in RoomEvent happened)
    {
        if (_run.Findings.First is not null)
            return;
        Replica.Apply(happened, out var error);
        if (error is not null)
            _run.Findings.Report($"Evolve has thrown at event {happened.Offset}: {error}");
        if (_run.Log.Agree(happened.Offset, _run.Rules.Write(Replica.State), Name))
            CheckState(happened);
        Replica.EndEvent();
        if (!IsReady)
            return;
        WakeLater(Replica.WakeAt);
        if ((Replica.IsCheckpointDue || (happened.ChangesRoster && _run.Rules.ReadsPresence) || happened.Kind == RoomEventKind.Opened) && !_isSettling)
        {
            _isSettling = true;
            Later(0, () =>
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
            _run.Rules.CheckInvariant(Replica.State);
        }
        catch (Exception e)
        {
            _run.Findings.Report($"The state behind event {happened.Offset} is not what it has to be: {e.Message}\n  state: {RulesFindings.Text(_run.Rules.Write(Replica.State))}");
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
            _run.Findings.Report($"View, Change or ViewerOf has thrown behind event {happened.Offset}: {e}");
        }
    }

    private void OnTimer(long at)
    {
        if (WakeTimer != at || _run.IsClosing)
            return;
        WakeTimer = null;
        Turn.AddWake();
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
            Later(0, then);
        }
    }

    private sealed class Subscriber(SimulatedNode node, int opened) : IRoomSubscriber
    {
        public void OnReset(RoomSnapshot snapshot) => node._snapshot = snapshot;

        public void OnEvents(ReadOnlySpan<RoomEvent> events)
        {
            var copies = new RoomEvent[events.Length];
            for (var i = 0; i < copies.Length; i++)
                copies[i] = events[i] with { Data = events[i].Data.ToArray() };
            node.OnEvents(opened, copies);
        }

        public void OnLost(Exception cause) => node._run.Findings.Report($"{node.Name} has lost its subscription: {cause}");
    }
}
