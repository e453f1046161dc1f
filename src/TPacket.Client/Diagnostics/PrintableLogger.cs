using Microsoft.Extensions.Logging;
using TPacket.Diagnostics;

namespace TPacket.Client.Diagnostics;

/// <summary>A logger that escapes control characters, because messages may quote untrusted text of the server.</summary>
/// <param name="log">The application's log.</param>
internal sealed class PrintableLogger(ILogger log) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => log.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var printable = PrintableState.Of(state, formatter(state, exception));
        log.Log(logLevel, eventId, printable, exception, PrintableState.Format);
    }
}
