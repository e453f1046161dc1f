using TPacket.Server;

namespace TPacket.Testing.Rules;

/// <summary>
/// A simulated server with one room. Its clock differs from the clock of the store, its calls of the store may be slow or lost, and it crashes and pauses.
/// After a pause, the node runs the actions that have become due meanwhile. A crash discards all due actions.
/// </summary>
internal sealed class SimulatedNode
{
    private readonly SimulatedRun _run;
    private readonly int _number;
    private readonly long _skew;
    private long _pausedUntil;
    private long _fenced;

    /// <summary>Creates a node that is down.</summary>
    /// <param name="run">The run.</param>
    /// <param name="number">The node's number, from 1.</param>
    /// <param name="skew">The time by which the node's clock is ahead of the store's clock, in milliseconds.</param>
    public SimulatedNode(SimulatedRun run, int number, long skew)
    {
        (_run, _number, _skew) = (run, number, skew);
        Name = $"node {number}";
        Room = new SimulatedRoom(run, this);
        Turn = new SimulatedTurn(run, this);
    }

    public string Name { get; }

    /// <summary>The number of starts and ends of the node.</summary>
    public long Incarnation { get; private set; }

    public bool IsUp { get; private set; }

    /// <summary>The room on this node.</summary>
    public SimulatedRoom Room { get; }

    /// <summary>The decisions of the rules, one at a time.</summary>
    public SimulatedTurn Turn { get; }

    /// <summary>The node's time, in milliseconds since the Unix epoch.</summary>
    public long Now => _run.Time.Now + _skew;

    /// <summary>The time of the next wake-up by the node's clock, in milliseconds since the Unix epoch; null for none.</summary>
    public long? WakeTimer { get; private set; }

    public void Start()
    {
        Incarnation++;
        _run.Counts.Starts++;
        _run.Say($"{Name} starts");
        IsUp = true;
        Room.Start(_run.EndDowntime());
    }

    /// <summary>Ends the node, which loses its whole state.</summary>
    public void Crash()
    {
        if (!IsUp)
            return;
        var lost = Incarnation++;
        (IsUp, _pausedUntil, WakeTimer) = (false, 0, null);
        Room.Stop();
        Turn.Clear();
        _run.OnCrashed(this, lost);
    }

    /// <summary>Stops all work of the node for a time.</summary>
    /// <param name="time">The time in milliseconds.</param>
    public void Pause(long time)
    {
        if (IsUp)
            _pausedUntil = Math.Max(_pausedUntil, _run.Time.Now + time);
    }

    public void EndPause() => _pausedUntil = 0;

    /// <summary>Makes the store reject all later appends of an incarnation, because its lease has ended.</summary>
    public void Fence(long incarnation) => _fenced = Math.Max(_fenced, incarnation);

    /// <summary>Runs an action later on this node, unless the node crashes before.</summary>
    /// <param name="delay">The delay in milliseconds.</param>
    /// <param name="action">The action.</param>
    public void Later(long delay, Action action)
    {
        var incarnation = Incarnation;
        _run.Time.After(delay, () => Enter(incarnation, action));
    }

    /// <summary>Sends a packet to this node.</summary>
    public void Deliver(SimulatedPacket packet)
    {
        if (IsUp)
            Later(_run.Delay(), () => Turn.Add(packet));
    }

    /// <summary>Appends to the log. The request may take long, and the request or its answer may be lost.</summary>
    /// <param name="append">The request.</param>
    /// <param name="author">The session that makes the request; 0 for the host.</param>
    /// <param name="wakeAt">The wake-up time that the rules had requested, if this is the decision of a wake-up; otherwise null.</param>
    /// <param name="onAnswer">Receives the answer; null if the outcome is unknown.</param>
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

    /// <summary>Sets the node's only timer.</summary>
    /// <param name="wakeAt">The time of the wake-up by the node's clock; null for none.</param>
    public void WakeLater(long? wakeAt)
    {
        if (wakeAt == WakeTimer)
            return;
        WakeTimer = wakeAt;
        if (wakeAt is { } at)
            Later(Math.Max(0, at - Now), () => OnTimer(at));
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

    private void OnTimer(long at)
    {
        if (WakeTimer != at || _run.IsClosing)
            return;
        WakeTimer = null;
        Turn.AddWake();
    }
}
