using Microsoft.Extensions.Logging;
using TPacket.Diagnostics;

namespace TPacket.Server.Diagnostics;

/// <summary>A queued log event with its state.</summary>
/// <param name="log">The host's log.</param>
/// <param name="level">The level of the event.</param>
/// <param name="id">The id of the event.</param>
/// <param name="state">The values of the event; immutable.</param>
/// <param name="exception">The exception of the event, or null.</param>
/// <param name="withStack">Whether to log the exception with its stack trace; otherwise the message names only its type.</param>
/// <param name="formatter">Formats the message.</param>
internal sealed class LoggedEvent<TState>(
    ILogger log, LogLevel level, EventId id, TState state, Exception? exception, bool withStack, Func<TState, Exception?, string> formatter) : QueuedEvent
{
    protected override void WriteInContext()
    {
        var message = formatter(state, exception);
        if (!withStack && exception is not null)
            message = $"{message} {exception.GetType()} again; an earlier event of this minute has the stack trace.";
        var printable = PrintableState.Of(state, message);
        log.Log(level, id, printable, withStack ? exception : null, PrintableState.Format);
    }
}
