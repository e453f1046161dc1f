using Microsoft.Extensions.Logging;

namespace TPacket.Client.Diagnostics;

/// <summary>Events 2000 to 2099: the client. No event has a place for what users say; a cause quotes the server.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(2000, LogLevel.Debug, "{State}.")]
    public static partial void Became(ILogger logger, ClientState state);

    [LoggerMessage(2001, LogLevel.Warning, "The connection to {Server} is lost, attempt {Attempt} follows in {Delay}: {Cause}")]
    public static partial void Reconnecting(ILogger logger, string server, int attempt, TimeSpan delay, DisconnectCause cause);

    [LoggerMessage(2002, LogLevel.Error, "A handler of the application has failed.")]
    public static partial void HandlerFailed(ILogger logger, Exception error);
}
