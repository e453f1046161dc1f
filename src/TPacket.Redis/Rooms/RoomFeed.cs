using TPacket.Server.Redis.Diagnostics;

namespace TPacket.Server.Redis.Rooms;

/// <summary>
/// Delivers a room's log to one subscriber: notifications that follow the last delivered event, missing events that it reads from the log,
/// and a snapshot if the log cannot be continued. Thread-safe.
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

    /// <summary>The position after the last delivered event.</summary>
    public RoomPosition Position
    {
        get
        {
            lock (_gate)
                return _position;
        }
    }

    /// <summary>Delivers the first snapshot, and the notifications that have arrived since the feed was created.</summary>
    public void Begin(RoomSnapshot snapshot)
    {
        lock (_gate)
            Reset(snapshot);
        if (!Continue())
            StartReading(CatchUpCause.Gap);
    }

    /// <summary>Stops all deliveries.</summary>
    public void End()
    {
        lock (_gate)
            _isEnded = true;
    }

    /// <summary>Ends the feed and notifies the subscriber that the room is lost.</summary>
    public void Lose(Exception cause)
    {
        lock (_gate)
            LoseNow(cause);
    }

    /// <summary>Delivers a notification if it follows the last event; reads the log otherwise.</summary>
    public void OnNotified(RoomNotification notification)
    {
        lock (_gate)
        {
            if (_isEnded)
                return;
            if (_isReading)
                Keep(notification);
            else if (!TryDeliver(notification))
                BeginRead(CatchUpCause.Gap);
        }
    }

    /// <summary>Reads the log, because notifications may have been lost.</summary>
    public void OnMissed()
    {
        lock (_gate)
        {
            if (!_isEnded && !_isReading)
                BeginRead(CatchUpCause.Connection);
            else
                _hasOverflown = true;
        }
    }

    /// <summary>Compares the delivered position with the end of the log, and reads the log if events are missing.</summary>
    /// <param name="head">The end of the log.</param>
    /// <param name="since">The delivered position before Redis was asked.</param>
    /// <returns>Whether events are missing.</returns>
    public bool Compare(RoomPosition head, RoomPosition since)
    {
        lock (_gate)
        {
            if (_isEnded || _isReading || head == _position)
                return false;
            // Events that were delivered since may be later than the reply.
            if (head.Epoch == _position.Epoch && head.Offset < _position.Offset && head.Offset >= since.Offset)
                return false;
            BeginRead(CatchUpCause.Behind);
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

        // The log has the events, and is read again.
        _waiting.Clear();
        _hasOverflown = true;
    }

    private void BeginRead(CatchUpCause cause)
    {
        _isReading = true;
        StartReading(cause);
    }

    private void StartReading(CatchUpCause cause) =>
        ThreadPool.UnsafeQueueUserWorkItem(static read => _ = read.Feed.ReadAsync(read.Cause), (Feed: this, Cause: cause), preferLocal: false);

    private async Task ReadAsync(CatchUpCause cause)
    {
        room.Metrics.CatchUpStarted(cause);
        try
        {
            while (await ReadPageAsync().ConfigureAwait(false))
            {
            }
        }
        catch (RoomStoreException)
        {
            // The next comparison with the end of the log finds the gap again and retries.
            lock (_gate)
            {
                _waiting.Clear();
                _isReading = false;
            }
        }
    }

    /// <returns>Whether to read another page.</returns>
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
            await room.RestoreAfterFailoverAsync().ConfigureAwait(false);
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

    /// <summary>Delivers the notifications that arrived while the log was read.</summary>
    /// <returns>False if the log has to be read again.</returns>
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

    /// <summary>Delivers the events that follow the last delivered one.</summary>
    /// <returns>False if there is a gap or the log has another epoch.</returns>
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
            // The subscriber may have missed events, so it gets a snapshot.
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
            // The feed has ended, so nothing depends on the subscriber's exception.
        }
    }
}
