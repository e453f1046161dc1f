using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TPacket.Server.Diagnostics;

/// <summary>
/// Queues the engine's log events for the host's log, which may block. The engine's threads only enqueue;
/// a single work item of the thread pool writes, in the order of the queue. The queue and the rate of each event id are bounded.
/// Events beyond the bounds are dropped and counted, and the count is logged. Thread-safe.
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

    /// <summary>Creates a queue with a custom scheduler of its writer.</summary>
    internal LogQueue(TimeProvider timeProvider, IOptions<TPacketServerOptions> options, Action<IThreadPoolWorkItem> run)
    {
        _timeProvider = timeProvider;
        _run = run;
        _capacity = options.Value.LogQueueEvents;
        _eventsPerMinute = options.Value.LogEventsPerMinute;
        _timer = timeProvider.CreateTimer(static queue => ((LogQueue)queue!).ReportDropped(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Enqueues an event, or drops and counts it.</summary>
    /// <param name="log">The host's log.</param>
    /// <param name="limiters">The limiters of the log by event id; guarded by this queue's lock.</param>
    /// <param name="level">
    /// The level of the event. Events below <see cref="LogLevel.Information"/> have no rate limit; only the length of the queue bounds them.
    /// </param>
    /// <param name="id">The id of the event.</param>
    /// <param name="state">The values of the event; immutable.</param>
    /// <param name="exception">The exception of the event, or null. The queue logs the stack trace of each exception type once in a period.</param>
    /// <param name="formatter">Formats the message.</param>
    public void Add<TState>(
        ILogger log, Dictionary<int, LogEventLimiter> limiters, LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate)
        {
            if (!limiters.TryGetValue(id.Id, out var limiter))
                limiters.Add(id.Id, limiter = new LogEventLimiter(log, id));
            limiter.Enter(_timeProvider, _period);
            if (_events.Count >= _capacity || (level >= LogLevel.Information && !limiter.TryTake(_eventsPerMinute)))
            {
                Drop(limiter);
                return;
            }

            var withStack = exception is not null && limiter.IsFirstOfType(exception);
            _events.Enqueue(new LoggedEvent<TState>(log, level, id, state, exception, withStack, formatter));
            if (!TryBeginWriting())
                return;
        }

        _run(this);
    }

    /// <summary>Enqueues the counts of dropped events. Tries again later if the queue is full.</summary>
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

            foreach (var limiter in _incomplete)
                _events.Enqueue(new DroppedEvents(limiter, limiter.TakeDropped()));
            _incomplete.Clear();
            if (!TryBeginWriting())
                return;
        }

        _run(this);
    }

    /// <summary>Waits until every queued event is written to the host's log, for at most one second.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
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
            // The log is blocked. Stopping does not wait for it.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <summary>Writes events until the queue is empty.</summary>
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

    private void Drop(LogEventLimiter limiter)
    {
        if (limiter.Dropped++ > 0)
            return;
        _incomplete.Add(limiter);
        if (_incomplete.Count == 1)
            _timer.Change(_period, Timeout.InfiniteTimeSpan);
    }
}
