using Microsoft.Extensions.Logging;

namespace TPacket.Server.Tests.Harness;

/// <summary>Collects the log events of TPacket.Net.</summary>
internal sealed class LogCollector : ILoggerProvider
{
    public Recorder<LogEntry> Entries { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName.StartsWith("TPacket", StringComparison.Ordinal), Entries);

    public void Dispose()
    {
    }

    private sealed class Logger(bool enabled, Recorder<LogEntry> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => enabled;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!enabled)
                return;
            var values = new Dictionary<string, object?>();
            foreach (var (name, value) in state as IEnumerable<KeyValuePair<string, object?>> ?? [])
                values[name] = value;
            entries.Add(new LogEntry(eventId.Id, logLevel, formatter(state, exception), values, exception));
        }
    }
}
