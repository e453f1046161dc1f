using TPacket.Server.Stores.Logs;

namespace TPacket.Server.Stores.InMemory;

/// <summary>
/// A room's log in memory. The history and the other events are in separate bounded rings, so that frequent joins and leaves do not evict messages.
/// </summary>
internal sealed class InMemoryRoomLog
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _timeProvider;
    private readonly LogState _state;
    private readonly EventRing _others;
    private InMemorySubscription[] _subscriptions = [];

    public InMemoryRoomLog(int historyBytes, int historyMessages, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _others = new EventRing(historyBytes, historyMessages);
        var check = LogCheck.Create(out var epoch);
        _state = new LogState(check, new RoomPosition(epoch, RoomPosition.NoEvent, check.First(epoch)), 0, new EventRing(historyBytes, historyMessages));
    }

    public void Subscribe(InMemorySubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions, subscription];
            subscription.Reset(_state.TakeSnapshot());
        }
    }

    /// <summary>The next wake-up time of the room's rules, in milliseconds since the Unix epoch; null for never.</summary>
    public long? WakeAt
    {
        get
        {
            lock (_gate)
                return _state.WakeAt;
        }
    }

    /// <summary>Removes a subscription.</summary>
    /// <returns>True if it was the last subscription.</returns>
    public bool Unsubscribe(InMemorySubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
            return _subscriptions.Length == 0;
        }
    }

    public AppendResult Append(in RoomAppend append)
    {
        lock (_gate)
        {
            if (_state.Decide(append, _timeProvider.GetUtcNow().ToUnixTimeMilliseconds(), out var digest) is { } answer)
                return answer;
            if (append.Count > 0)
                Commit(append);
            _state.Keep(append.Checkpoint);
            return _state.Answer(append, digest);
        }
    }

    public RoomPage ReadRules(RoomPosition after, int maxEvents)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEvents, 1);
        lock (_gate)
        {
            if (_state.Rules is not { } rules || after.Offset + 1 < _others.FirstKept || (after != rules.Position && !IsAfterRetainedEvent(after) && !(TryPositionBefore(after.Offset + 1, out var proven) && proven == after)))
                return new RoomPage(true, _state.Last, []);
            var events = _others.Copy(after.Offset + 1, maxEvents);
            return new RoomPage(false, events.Length == 0 ? _state.Last : after with { Offset = events[^1].Offset, Check = events[^1].Check }, events);
        }
    }

    public RoomPage Read(RoomPosition? after, int maxEvents)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEvents, 1);
        lock (_gate)
        {
            // Each ring is ordered. Together the rings have every event after the last event that either ring has dropped.
            var oldest = Math.Max(_state.History.FirstKept, _others.FirstKept);
            if (after is { } position ? !Has(position, oldest) : !TryPositionBefore(oldest, out position))
                return new RoomPage(true, _state.Last, []);
            var from = position.Offset + 1;
            RoomEvent[] events = [.. _state.History.Copy(from, maxEvents).Concat(_others.Copy(from, maxEvents)).OrderBy(static e => e.Offset).Take(maxEvents)];
            return new RoomPage(false, events.Length == 0 ? position : position with { Offset = events[^1].Offset, Check = events[^1].Check }, events);
        }
    }

    /// <summary>Returns whether a position is after a retained event, or after the last event.</summary>
    private bool IsAfterRetainedEvent(RoomPosition position) =>
        position == _state.Last || (position.Epoch == _state.Last.Epoch && (_others.Has(position) || _state.History.Has(position)));

    private bool Has(RoomPosition position, long oldest) =>
        position.Offset + 1 >= oldest && TryPositionBefore(position.Offset + 1, out var here) && here == position;

    private bool TryPositionBefore(long offset, out RoomPosition position)
    {
        position = _state.Last;
        if (offset == position.Offset + 1)
            return true;
        if (!_state.History.TryGetPreviousCheck(offset, out var check) && !_others.TryGetPreviousCheck(offset, out check))
            return false;
        position = new RoomPosition(position.Epoch, offset - 1, check);
        return true;
    }

    private void Commit(in RoomAppend append)
    {
        if (append.Count == 1)
        {
            var committed = Commit(append[0]);
            Deliver(new ReadOnlySpan<RoomEvent>(in committed));
            return;
        }

        var all = new RoomEvent[append.Count];
        for (var i = 0; i < all.Length; i++)
            all[i] = Commit(append[i]);
        Deliver(all);
    }

    private RoomEvent Commit(in RoomEvent roomEvent)
    {
        var previous = _state.Last.Check;
        var committed = _state.Apply(roomEvent);
        if (committed.IsHistory)
            return committed;
        _others.KeptFrom = _state.KeptFrom;
        _others.Add(committed, previous);
        return committed;
    }

    private void Deliver(ReadOnlySpan<RoomEvent> events)
    {
        foreach (var subscription in _subscriptions)
        {
            if (!subscription.TryDeliver(events))
                subscription.Reset(_state.TakeSnapshot());
        }
    }
}
