using Microsoft.Extensions.Logging;

namespace TPacket.Server.Diagnostics;

/// <summary>A logger that never blocks or throws, so that event loops can use it.</summary>
/// <param name="queue">The queue to the host's log.</param>
/// <param name="factory">Creates the host's logger.</param>
internal sealed class QueuedLogger<T>(LogQueue queue, ILoggerFactory factory) : ILogger<T>
{
    private readonly ILogger _log = new Logger<T>(factory);
    private readonly Dictionary<int, LogEventLimiter> _limiters = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _log.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => _log.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            queue.Add(_log, _limiters, logLevel, eventId, state, exception, formatter);
    }
}
