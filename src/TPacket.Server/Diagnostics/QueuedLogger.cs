using Microsoft.Extensions.Logging;

namespace TPacket.Server.Diagnostics;

/// <summary>The log of a part of the engine: it never blocks and never throws, so event loops may use it.</summary>
/// <param name="queue">The way to the host's log.</param>
/// <param name="factory">The host's logs.</param>
internal sealed class QueuedLogger<T>(LogQueue queue, ILoggerFactory factory) : ILogger<T>
{
    private readonly ILogger _log = new Logger<T>(factory);
    private readonly Dictionary<int, LogEventLimiter> _kinds = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _log.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => _log.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            queue.Add(_log, _kinds, logLevel, eventId, state, exception, formatter);
    }
}
