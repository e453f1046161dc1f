using Microsoft.Extensions.Logging;
using TPacket.Diagnostics;
using TPacket.Server.Sqlite.Diagnostics;
using TPacket.Server.Sqlite.Rooms;
using TPacket.Transports;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>
/// Delivers what was committed in one room, in order, on the thread pool: rooms do not wait for each other, and the writer waits for none. Events of one commit, and of commits that follow
/// closely, are delivered together.
/// </summary>
/// <param name="room">The room.</param>
/// <param name="queue">Takes the resets of subscribers that have failed.</param>
/// <param name="logger">Logs faults of flushes.</param>
internal sealed class Mailbox(OpenRoom room, OperationQueue queue, ILogger logger) : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private List<RoomOperation> _posted = [];
    private List<RoomOperation> _taken = [];
    private RoomEvent[] _events = new RoomEvent[16];
    private int _count;
    private Subscription[] _subscriptions = [];
    private bool _isScheduled;

    /// <summary>Enqueues an operation that is committed.</summary>
    public void Post(RoomOperation operation)
    {
        lock (_gate)
        {
            _posted.Add(operation);
            if (_isScheduled)
                return;
            _isScheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_posted.Count == 0)
                {
                    _isScheduled = false;
                    return;
                }

                (_taken, _posted) = (_posted, _taken);
            }

            var last = Deliver();
            _taken.Clear();
            bool isIdle;
            lock (_gate)
            {
                isIdle = _posted.Count == 0;
                _isScheduled = !isIdle;
            }

            // Where nothing else waits for this thread, the caller goes on here: another thread need not be woken for it.
            last?.Complete(inline: isIdle);
            if (isIdle)
                return;
        }
    }

    /// <summary>Delivers what was taken, and completes it but for the last append.</summary>
    private AppendOperation? Deliver()
    {
        var last = _taken[^1] as AppendOperation;
        var end = last is null ? _taken.Count : _taken.Count - 1;
        var first = 0;
        for (var i = 0; i < _taken.Count; i++)
        {
            if (_taken[i] is AppendOperation { Events.IsEmpty: false } append)
            {
                if (append.Subscriptions != _subscriptions)
                    first = Complete(first, i);
                _subscriptions = append.Subscriptions;
                Collect(append.Events);
            }
            else if (_taken[i] is not AppendOperation)
            {
                Complete(first, i);
                _taken[i].Deliver();
                first = i + 1;
            }
        }

        Complete(first, end);
        return last;
    }

    private void Collect(ReadOnlySpan<RoomEvent> events)
    {
        if (_count + events.Length > _events.Length)
            Array.Resize(ref _events, Math.Max(_events.Length * 2, _count + events.Length));
        events.CopyTo(_events.AsSpan(_count));
        _count += events.Length;
    }

    /// <summary>Delivers the events that were collected, and completes the appends that they come from: the answer follows the event.</summary>
    private int Complete(int first, int end)
    {
        if (_count > 0)
        {
            DeliverEvents();
            Array.Clear(_events, 0, _count);
            _count = 0;
            _subscriptions = [];
        }

        for (var i = first; i < end; i++)
            _taken[i].Deliver();
        return end;
    }

    private void DeliverEvents()
    {
        var batch = FlushBatch.Enter();
        foreach (var subscription in _subscriptions)
        {
            if (!subscription.TryDeliver(_events.AsSpan(0, _count)))
                queue.TryAddOwn(new ResetOperation(room, subscription));
        }

        try
        {
            batch.Exit();
        }
        catch (Exception e)
        {
            // The fault of one connection, which has ended it.
            SqliteLog.FlushFailed(logger, e, Printable.Escape(room.Name));
        }
    }
}
