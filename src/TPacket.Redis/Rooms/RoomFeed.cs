using TPacket.Server.Redis.Diagnostics;

namespace TPacket.Server.Redis.Rooms;

/// <summary>
/// Delivers a room's log to one subscriber: events that follow the last one as they come, what was missed from the room's streams, and a snapshot where these cannot continue. Thread-safe.
/// </summary>
/// <param name="room">The room.</param>
/// <param name="subscriber">The subscriber.</param>
internal sealed class RoomFeed(OpenRoom room, IRoomSubscriber subscriber)
{
    private const int MaxWaiting = 1024;
    private const int PageSize = 1024;

    private readonly Lock _gate = new();
    private readonly List<RoomNotification> _waiting = [];
    private RoomPosition _position;
    private bool _isReading = true;
    private bool _isEnded;
    private bool _hasOverflown;
    private bool _needsSnapshot;

    /// <summary>Behind the last event that was delivered.</summary>
    public RoomPosition Position
    {
        get
        {
            lock (_gate)
                return _position;
        }
    }

    /// <summary>Delivers the first snapshot, and what has come since it was taken.</summary>
    public void Begin(RoomSnapshot snapshot)
    {
        lock (_gate)
            Reset(snapshot);
        if (!Continue())
            StartReading(HealCause.Gap);
    }

    /// <summary>Delivers nothing more.</summary>
    public void End()
    {
        lock (_gate)
            _isEnded = true;
    }

    /// <summary>The room cannot go on here.</summary>
    public void Lose(Exception cause)
    {
        lock (_gate)
            LoseNow(cause);
    }

    /// <summary>Events of the room have come.</summary>
    public void OnNotified(RoomNotification notification)
    {
        lock (_gate)
        {
            if (_isEnded)
                return;
            if (_isReading)
                Keep(notification);
            else if (!TryDeliver(notification))
                BeginRead(HealCause.Gap);
        }
    }

    /// <summary>Events may have come that the node was not notified of.</summary>
    public void OnMissed()
    {
        lock (_gate)
        {
            if (!_isEnded && !_isReading)
                BeginRead(HealCause.Connection);
            else
                _hasOverflown = true;
        }
    }

    /// <summary>Compares what was delivered with the end of the log.</summary>
    /// <param name="head">The end of the log.</param>
    /// <param name="since">What had been delivered when Redis was asked.</param>
    /// <returns>Whether events are missing.</returns>
    public bool Compare(RoomPosition head, RoomPosition since)
    {
        lock (_gate)
        {
            if (_isEnded || _isReading || head == _position)
                return false;
            // What has been delivered since then may be later than the answer.
            if (head.Epoch == _position.Epoch && head.Offset < _position.Offset && head.Offset >= since.Offset)
                return false;
            BeginRead(HealCause.Behind);
            return true;
        }
    }

    private void Keep(RoomNotification notification)
    {
        if (_waiting.Count < MaxWaiting)
        {
            _waiting.Add(notification);
            return;
        }

        // The log has them, and is read again.
        _waiting.Clear();
        _hasOverflown = true;
    }

    private void BeginRead(HealCause cause)
    {
        _isReading = true;
        StartReading(cause);
    }

    private void StartReading(HealCause cause) =>
        ThreadPool.UnsafeQueueUserWorkItem(static read => _ = read.Feed.ReadAsync(read.Cause), (Feed: this, Cause: cause), preferLocal: false);

    private async Task ReadAsync(HealCause cause)
    {
        room.Metrics.Healed(cause);
        try
        {
            while (await ReadPageAsync().ConfigureAwait(false))
            {
            }
        }
        catch (RoomStoreException)
        {
            // The next comparison with the end of the log finds the gap again.
            lock (_gate)
            {
                _waiting.Clear();
                _isReading = false;
            }
        }
    }

    /// <returns>Whether to read on.</returns>
    private async Task<bool> ReadPageAsync()
    {
        RoomPosition from;
        bool needsSnapshot;
        lock (_gate)
        {
            if (_isEnded)
                return false;
            (from, needsSnapshot, _hasOverflown) = (_position, _needsSnapshot, false);
        }

        var page = needsSnapshot ? null : await room.ReadAsync(from, PageSize, default).ConfigureAwait(false);
        if (page is { IsGone: true })
            await room.SettleAsync().ConfigureAwait(false);
        var snapshot = page is null or { IsGone: true } ? await room.ReadSnapshotAsync().ConfigureAwait(false) : null;
        if (snapshot is not null)
            room.Metrics.Reset();
        lock (_gate)
        {
            if (_isEnded)
                return false;
            if (snapshot is not null)
                Reset(snapshot);
            else if (page!.Events.Count > 0)
                Deliver([.. page.Events]);
            if (_needsSnapshot || page?.Events.Count > 0)
                return !_isEnded;
        }

        return !Continue();
    }

    /// <summary>Delivers what has come while the log was read.</summary>
    /// <returns>False when the log has to be read on.</returns>
    private bool Continue()
    {
        lock (_gate)
        {
            for (var i = 0; i < _waiting.Count && !_isEnded; i++)
            {
                if (TryDeliver(_waiting[i]))
                    continue;
                _waiting.RemoveRange(0, i);
                return false;
            }

            _waiting.Clear();
            if (_hasOverflown)
                return false;
            _isReading = false;
            return true;
        }
    }

    /// <summary>Delivers the events that follow the last one.</summary>
    /// <returns>False when there is a gap, or the log is another one.</returns>
    private bool TryDeliver(RoomNotification notification)
    {
        if (_needsSnapshot || notification.Epoch != _position.Epoch)
            return false;
        var events = notification.Events;
        var first = 0;
        while (first < events.Length && events[first].Offset <= _position.Offset)
            first++;
        if (first == events.Length)
            return events[^1].Offset < _position.Offset || events[^1].Check == _position.Check;
        if (events[first].Offset != _position.Offset + 1 || (first == 0 ? notification.Previous : events[first - 1].Check) != _position.Check)
            return false;
        Deliver(events.AsSpan(first));
        return !_needsSnapshot;
    }

    private void Deliver(ReadOnlySpan<RoomEvent> events)
    {
        _position = _position with { Offset = events[^1].Offset, Check = events[^1].Check };
        try
        {
            subscriber.OnEvents(events);
        }
        catch (Exception)
        {
            // A snapshot takes the place of the events that the subscriber may have missed.
            _needsSnapshot = true;
        }
    }

    private void Reset(RoomSnapshot snapshot)
    {
        (_position, _needsSnapshot) = (snapshot.Position, false);
        try
        {
            subscriber.OnReset(snapshot);
        }
        catch (Exception e)
        {
            LoseNow(e);
        }
    }

    private void LoseNow(Exception cause)
    {
        if (_isEnded)
            return;
        _isEnded = true;
        _waiting.Clear();
        try
        {
            subscriber.OnLost(cause);
        }
        catch (Exception)
        {
            // There is nobody left to notify.
        }
    }
}
