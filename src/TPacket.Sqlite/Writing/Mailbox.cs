using Microsoft.Extensions.Logging;
using TPacket.Diagnostics;
using TPacket.Server.Sqlite.Diagnostics;
using TPacket.Server.Sqlite.Rooms;
using TPacket.Transports.Loops;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>
/// Delivers the committed events of one room in order, and completes the operations. Runs on the event loop of the append, or else on the thread pool,
/// so that the writer waits for no room. Delivers queued events of several commits together.
/// </summary>
internal sealed class Mailbox : IThreadPoolWorkItem
{
    private readonly OpenRoom _room;
    private readonly OperationQueue _queue;
    private readonly Deliveries _deliveries;
    private readonly ILogger _logger;
    private readonly Action _runOnLoop;
    private readonly Lock _gate = new();
    private List<RoomOperation> _posted = [];
    private List<RoomOperation> _taken = [];
    private RoomEvent[] _events = new RoomEvent[16];
    private int _count;
    private Subscription[] _subscriptions = [];
    private bool _isScheduled;

    /// <param name="room">The room.</param>
    /// <param name="queue">The queue for resets of subscribers that have failed.</param>
    /// <param name="deliveries">The deliveries that start the mailbox.</param>
    /// <param name="logger">The logger for failed flushes.</param>
    public Mailbox(OpenRoom room, OperationQueue queue, Deliveries deliveries, ILogger logger)
    {
        (_room, _queue, _deliveries, _logger) = (room, queue, deliveries, logger);
        _runOnLoop = RunOnLoop;
    }

    /// <summary>Enqueues a committed operation. Called by the writer's thread, which then starts the deliveries.</summary>
    public void Post(RoomOperation operation)
    {
        lock (_gate)
        {
            _posted.Add(operation);
            if (_isScheduled)
                return;
            _isScheduled = true;
        }

        _deliveries.Add(this, operation.Loop);
    }

    /// <summary>Delivers the queued operations. Operations that are posted meanwhile are delivered in the loop's next round.</summary>
    public void RunOnLoop()
    {
        if (EventLoop.Current is not { } loop)
        {
            // The loop has ended and runs its last posts on another thread.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }

        Take();
        Deliver(last: null);
        if (!EndRun())
            loop.Post(_runOnLoop);
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (true)
        {
            Take();
            // An append of an event loop is completed on that loop.
            var last = _taken[^1] is AppendOperation { Loop: null } append ? append : null;
            Deliver(last);
            var isIdle = EndRun();
            // If the mailbox is empty, the caller continues inline, which saves waking another thread.
            last?.Complete(inline: isIdle);
            if (isIdle)
                return;
        }
    }

    /// <summary>Takes the posted operations. There is at least one whenever the mailbox runs.</summary>
    private void Take()
    {
        lock (_gate)
            (_taken, _posted) = (_posted, _taken);
    }

    /// <summary>Ends a run.</summary>
    /// <returns>False if operations were posted meanwhile, so that the mailbox has to run again.</returns>
    private bool EndRun()
    {
        _taken.Clear();
        lock (_gate)
            return !(_isScheduled = _posted.Count > 0);
    }

    /// <summary>Delivers and completes the taken operations.</summary>
    /// <param name="last">The last operation if the caller completes it; null otherwise.</param>
    private void Deliver(AppendOperation? last)
    {
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
    }

    private void Collect(ReadOnlySpan<RoomEvent> events)
    {
        if (_count + events.Length > _events.Length)
            Array.Resize(ref _events, Math.Max(_events.Length * 2, _count + events.Length));
        events.CopyTo(_events.AsSpan(_count));
        _count += events.Length;
    }

    /// <summary>Delivers the collected events, then completes their appends, so that a caller's result follows its event.</summary>
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
                _queue.TryAddInternal(new ResetOperation(_room, subscription));
        }

        try
        {
            batch.Exit();
        }
        catch (Exception e)
        {
            // A connection has failed and closed. The store and the other members are not affected.
            SqliteLog.FlushFailed(_logger, e, Printable.Escape(_room.Name));
        }
    }
}
