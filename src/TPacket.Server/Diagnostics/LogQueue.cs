using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TPacket.Server.Diagnostics;

/// <summary>
/// The way from the engine to the host's log, which may block for as long as nobody reads it. The engine's threads only enqueue; one work item of the thread pool at a time writes, in the order
/// of the queue. The queue is bounded, and so is the rate of each kind of event: what is left out is counted, and the count is logged. Thread-safe.
/// </summary>
internal sealed class LogQueue : IThreadPoolWorkItem, IDisposable
{
    private static readonly TimeSpan _period = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _flushTimeout = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<QueuedEvent> _events = new();
    private readonly List<LogEventLimiter> _incomplete = [];
    private readonly TimeProvider _timeProvider;
    private readonly Action<IThreadPoolWorkItem> _run;
    private readonly ITimer _timer;
    private readonly int _capacity;
    private readonly int _eventsPerMinute;
    private TaskCompletionSource? _idle;
    private bool _writing;

    public LogQueue(TimeProvider timeProvider, IOptions<TPacketServerOptions> options)
        : this(timeProvider, options, static writer => ThreadPool.UnsafeQueueUserWorkItem(writer, preferLocal: false))
    {
    }

    /// <summary>Makes a queue whose writer runs where the caller wants it.</summary>
    internal LogQueue(TimeProvider timeProvider, IOptions<TPacketServerOptions> options, Action<IThreadPoolWorkItem> run)
    {
        _timeProvider = timeProvider;
        _run = run;
        _capacity = options.Value.LogQueueEvents;
        _eventsPerMinute = options.Value.LogEventsPerMinute;
        _timer = timeProvider.CreateTimer(static queue => ((LogQueue)queue!).ReportDropped(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Enqueues an event, or leaves it out and counts it.</summary>
    /// <param name="log">The host's log.</param>
    /// <param name="kinds">The log's kinds of events by id; guarded by this queue's lock.</param>
    /// <param name="level">Its level. Below <see cref="LogLevel.Information"/> the host has asked for everything: only the queue bounds it.</param>
    /// <param name="id">Its id.</param>
    /// <param name="state">Its values.</param>
    /// <param name="exception">Its exception, whose stack is logged once in a period.</param>
    /// <param name="formatter">Makes the message.</param>
    public void Add<TState>(
        ILogger log, Dictionary<int, LogEventLimiter> kinds, LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate)
        {
            if (!kinds.TryGetValue(id.Id, out var kind))
                kinds.Add(id.Id, kind = new LogEventLimiter(log, id));
            kind.Enter(_timeProvider, _period);
            if (_events.Count >= _capacity || (level >= LogLevel.Information && !kind.TryTake(_eventsPerMinute)))
            {
                Drop(kind);
                return;
            }

            var withStack = exception is not null && kind.IsFirstOfType(exception);
            _events.Enqueue(new LoggedEvent<TState>(log, level, id, state, exception, withStack, formatter));
            if (!TryBeginWriting())
                return;
        }

        _run(this);
    }

    /// <summary>Logs how many events were left out, as far as there is room for it.</summary>
    public void ReportDropped()
    {
        lock (_gate)
        {
            if (_incomplete.Count == 0)
                return;
            if (_events.Count >= _capacity)
            {
                _timer.Change(_period, Timeout.InfiniteTimeSpan);
                return;
            }

            foreach (var kind in _incomplete)
                _events.Enqueue(new DroppedEvents(kind, kind.TakeDropped()));
            _incomplete.Clear();
            if (!TryBeginWriting())
                return;
        }

        _run(this);
    }

    /// <summary>Waits until everything that was enqueued is written, at most a second.</summary>
    /// <param name="cancellationToken">Ends the wait early.</param>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        Task idle;
        lock (_gate)
        {
            if (!_writing)
                return;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _idle.Task;
        }

        try
        {
            await idle.WaitAsync(_flushTimeout, _timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // Nobody reads the log; the host need not wait for that.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <summary>Writes until the queue is empty.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        while (true)
        {
            QueuedEvent? next;
            lock (_gate)
            {
                if (!_events.TryDequeue(out next))
                {
                    _writing = false;
                    _idle?.TrySetResult();
                    _idle = null;
                    return;
                }
            }

            next.Write();
        }
    }

    private bool TryBeginWriting()
    {
        if (_writing)
            return false;
        _writing = true;
        return true;
    }

    private void Drop(LogEventLimiter kind)
    {
        if (kind.Dropped++ > 0)
            return;
        _incomplete.Add(kind);
        if (_incomplete.Count == 1)
            _timer.Change(_period, Timeout.InfiniteTimeSpan);
    }
}
