using Microsoft.Extensions.Logging;
using TPacket.Protocol;

namespace TPacket.Client.Diagnostics;

/// <summary>The client's log events, 2000 to 2099. No event contains the text of a message. A cause may quote text that the server has sent.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(2000, LogLevel.Debug, "{State}.")]
    public static partial void Became(ILogger logger, ClientState state);

    [LoggerMessage(2001, LogLevel.Warning, "There is no connection to {Server}. Attempt {Attempt} follows in {Delay}. Cause: {Cause}")]
    public static partial void Reconnecting(ILogger logger, string server, int attempt, TimeSpan delay, DisconnectCause cause);

    [LoggerMessage(2002, LogLevel.Error, "A handler of the application has failed.")]
    public static partial void HandlerFailed(ILogger logger, Exception error);

    [LoggerMessage(2003, LogLevel.Debug, "The server does not know the user's session: {Code}. The client signs in.")]
    public static partial void SessionLost(ILogger logger, PacketErrorCode code);

    [LoggerMessage(2004, LogLevel.Information, "The server asks the client to reconnect {Delay} after the end of the connection, to {Server}.")]
    public static partial void MovesOn(ILogger logger, TimeSpan delay, string server);

    [LoggerMessage(2005, LogLevel.Warning, "The server names an address that the client does not accept: {Address}. The client reconnects to {Server}.")]
    public static partial void AddressRefused(ILogger logger, string address, string server);
}
