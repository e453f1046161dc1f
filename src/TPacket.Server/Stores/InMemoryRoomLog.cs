namespace TPacket.Server.Stores;

/// <summary>
/// A log in memory. What newcomers are shown and everything else are kept apart, each in a ring within its bounds, so that much coming and going does not push messages out.
/// </summary>
internal sealed class InMemoryRoomLog
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _timeProvider;
    private readonly InMemoryRoster _roster = new();
    private readonly StreamHeads _heads = new();
    private readonly EventRing _history;
    private readonly EventRing _others;
    private readonly LogCheck _check;
    private InMemorySubscription[] _subscriptions = [];
    private RequestMemories? _requests;
    private RoomPosition _last;
    private long _time;

    public InMemoryRoomLog(int historyBytes, int historyMessages, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _history = new EventRing(historyBytes, historyMessages);
        _others = new EventRing(historyBytes, historyMessages);
        _check = LogCheck.Create(out var epoch);
        _last = new RoomPosition(epoch, RoomPosition.NoEvent, _check.First(epoch));
    }

    public void Subscribe(InMemorySubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions, subscription];
            subscription.Reset(TakeSnapshot());
        }
    }

    /// <returns>Whether that was the last one.</returns>
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
            var digest = 0UL;
            if (append.Request.IsSet)
            {
                digest = _check.Digest(append);
                if (_requests?.TryAnswer(append.Request, digest, out var answer) == true)
                    return answer.IsAppended ? answer : answer with { Position = _last };
            }

            _time = Math.Max(_time, _timeProvider.GetUtcNow().ToUnixTimeMilliseconds());
            if (append.Condition is { } condition && Objection(condition) is { } objection)
                return new AppendResult(objection, _last);
            for (var i = 0; i < append.Count; i++)
            {
                if (_roster.Judge(append[i]) is { } done)
                    return done with { Position = done.IsRepeated ? done.Position with { Epoch = _last.Epoch } : _last };
            }

            Commit(append);
            var result = new AppendResult(AppendStatus.Appended, _last, _time);
            if (append.Request.IsSet)
                (_requests ??= new RequestMemories(_roster.HasSession)).Add(append.Request, digest, _last, _time);
            return result;
        }
    }

    public RoomPage Read(RoomPosition? after, int maxEvents)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEvents, 1);
        lock (_gate)
        {
            // Each ring is in order; together they have every event behind what either has dropped.
            var oldest = Math.Max(_history.FirstKept, _others.FirstKept);
            if (after is { } position ? !Has(position, oldest) : !TryPositionBefore(oldest, out position))
                return new RoomPage(true, _last, []);
            var from = position.Offset + 1;
            RoomEvent[] events = [.. _history.Copy(from, maxEvents).Concat(_others.Copy(from, maxEvents)).OrderBy(static e => e.Offset).Take(maxEvents)];
            return new RoomPage(false, events.Length == 0 ? position : position with { Offset = events[^1].Offset, Check = events[^1].Check }, events);
        }
    }

    private bool Has(RoomPosition position, long oldest) =>
        position.Offset + 1 >= oldest && TryPositionBefore(position.Offset + 1, out var here) && here == position;

    private bool TryPositionBefore(long offset, out RoomPosition position)
    {
        position = _last;
        if (offset == _last.Offset + 1)
            return true;
        if (!_history.TryGetPreviousCheck(offset, out var check) && !_others.TryGetPreviousCheck(offset, out check))
            return false;
        position = new RoomPosition(_last.Epoch, offset - 1, check);
        return true;
    }

    private AppendStatus? Objection(AppendCondition condition)
    {
        if (condition.After is { } after && after != _last)
            return AppendStatus.Conflict;
        for (var i = 0; i < condition.Streams.Count; i++)
        {
            if (_heads[condition.Streams[i].Stream] != condition.Streams[i])
                return AppendStatus.Conflict;
        }

        return _time < condition.NotBefore || _time > condition.NotAfter ? AppendStatus.OutOfTime : null;
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
        var committed = _roster.Complete(roomEvent) with { Offset = _last.Offset + 1, Time = _time };
        var previous = _last.Check;
        committed = committed with { Check = _check.Next(previous, committed) };
        _last = _last with { Offset = committed.Offset, Check = committed.Check };
        _roster.Apply(committed);
        _heads.Move(committed);
        if (committed.IsHistory)
            _history.Add(committed, committed.HistorySize, previous);
        else
            _others.Add(committed, committed.Data.Length, previous);
        if (committed is { Kind: RoomEventKind.Left, Member: { } gone })
            _requests?.OnLeft(gone.Session);
        return committed;
    }

    private void Deliver(ReadOnlySpan<RoomEvent> events)
    {
        foreach (var subscription in _subscriptions)
        {
            if (!subscription.TryDeliver(events))
                subscription.Reset(TakeSnapshot());
        }
    }

    private RoomSnapshot TakeSnapshot() => new(_last, _roster.Copy(), _history.Copy(0, int.MaxValue), _heads.Copy());
}
