using Microsoft.Extensions.Logging;
using TPacket.Diagnostics;
using TPacket.Server.Sqlite.Diagnostics;
using TPacket.Server.Sqlite.Rooms;
using TPacket.Transports;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>
/// Delivers what was committed in one room, in order, and completes the operations: on the event loop that has brought the append, as a store in memory does, and else on the thread pool. The
/// writer waits for no room. Events of one commit, and of commits that follow closely, are delivered together.
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
    /// <param name="queue">Takes the resets of subscribers that have failed.</param>
    /// <param name="deliveries">Runs the mailbox.</param>
    /// <param name="logger">Logs faults of flushes.</param>
    public Mailbox(OpenRoom room, OperationQueue queue, Deliveries deliveries, ILogger logger)
    {
        (_room, _queue, _deliveries, _logger) = (room, queue, deliveries, logger);
        _runOnLoop = RunOnLoop;
    }

    /// <summary>Enqueues an operation that is committed. Called by the writer's thread, which then starts the deliveries.</summary>
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

    /// <summary>Delivers what was posted so far; what is posted meanwhile comes in the loop's next round.</summary>
    public void RunOnLoop()
    {
        if (EventLoop.Current is not { } loop)
        {
            // The loop has ended.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }

        Take();
        Deliver(last: null);
        if (!Rest())
            loop.Post(_runOnLoop);
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (true)
        {
            Take();
            // One of an event loop's is completed there.
            var last = _taken[^1] is AppendOperation { Loop: null } append ? append : null;
            Deliver(last);
            var isIdle = Rest();
            // Where nothing else waits for this thread, the caller goes on here: another thread need not be woken for it.
            last?.Complete(inline: isIdle);
            if (isIdle)
                return;
        }
    }

    /// <summary>Takes what was posted, which is something whenever the mailbox runs.</summary>
    private void Take()
    {
        lock (_gate)
            (_taken, _posted) = (_posted, _taken);
    }

    /// <summary>Ends a run.</summary>
    /// <returns>False when more was posted meanwhile, so that the mailbox has to run again.</returns>
    private bool Rest()
    {
        _taken.Clear();
        lock (_gate)
            return !(_isScheduled = _posted.Count > 0);
    }

    /// <summary>Delivers what was taken, and completes it.</summary>
    /// <param name="last">The last operation, where the caller completes it.</param>
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
                _queue.TryAddOwn(new ResetOperation(_room, subscription));
        }

        try
        {
            batch.Exit();
        }
        catch (Exception e)
        {
            // The fault of one connection, which has ended it.
            SqliteLog.FlushFailed(_logger, e, Printable.Escape(_room.Name));
        }
    }
}
