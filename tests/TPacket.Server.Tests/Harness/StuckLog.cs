using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TPacket.Server.Tests.Harness;

/// <summary>A log of TPacket.Net with a reader that stops: from <see cref="Stop"/> to <see cref="Go"/>, each writer waits.</summary>
internal sealed class StuckLog : ILoggerProvider, ILogger
{
    private readonly ManualResetEventSlim _open = new(initialState: true);

    /// <summary>The entries that were read.</summary>
    public Recorder<LogEntry> Read { get; } = new();

    /// <summary>The exception that each writer gets; null for none.</summary>
    public Exception? Error { get; set; }

    public void Stop() => _open.Reset();

    public void Go() => _open.Set();

    // The host logs while it stops, and would wait.
    public ILogger CreateLogger(string categoryName) => categoryName.StartsWith("TPacket", StringComparison.Ordinal) ? this : NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _open.Wait();
        if (Error is not null)
            throw Error;
        Read.Add(new LogEntry(eventId.Id, logLevel, formatter(state, exception), new Dictionary<string, object?>((IEnumerable<KeyValuePair<string, object?>>)state!), exception));
    }

    public void Dispose() => _open.Set();
}
