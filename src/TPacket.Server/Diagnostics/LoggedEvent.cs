using Microsoft.Extensions.Logging;
using TPacket.Diagnostics;

namespace TPacket.Server.Diagnostics;

/// <summary>A log event with the state that its source has given.</summary>
/// <param name="log">The host's log.</param>
/// <param name="level">Its level.</param>
/// <param name="id">Its id.</param>
/// <param name="state">Its values; immutable.</param>
/// <param name="exception">Its exception.</param>
/// <param name="withStack">Whether the exception is logged, and not only its type.</param>
/// <param name="formatter">Makes the message.</param>
internal sealed class LoggedEvent<TState>(
    ILogger log, LogLevel level, EventId id, TState state, Exception? exception, bool withStack, Func<TState, Exception?, string> formatter) : QueuedEvent
{
    protected override void WriteInContext()
    {
        var message = formatter(state, exception);
        if (!withStack && exception is not null)
            message = $"{message} Again {exception.GetType()}; an earlier event of this minute has its stack.";
        var printable = PrintableState.Of(state, message);
        log.Log(level, id, printable, withStack ? exception : null, PrintableState.Format);
    }
}
