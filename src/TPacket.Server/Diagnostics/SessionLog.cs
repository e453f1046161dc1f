using Microsoft.Extensions.Logging;
using TPacket.Protocol;
using TPacket.Server.Sessions.SignIn;
using TPacket.WebSockets;

namespace TPacket.Server.Diagnostics;

/// <summary>Events 1200 to 1299: users and their packets. No event contains the text of a message.</summary>
internal static partial class SessionLog
{
    [LoggerMessage(1200, LogLevel.Debug, "{User} signed in from {RemoteEndPoint}.")]
    public static partial void SignedIn(ILogger logger, RoomMember user, LoggedEndPoint remoteEndPoint);

    [LoggerMessage(1201, LogLevel.Debug, "{User} signed out: {Cause}.")]
    public static partial void SignedOut(ILogger logger, RoomMember user, EndCause cause);

    [LoggerMessage(1202, LogLevel.Information, "Received a malformed packet from {RemoteEndPoint}: {Status}.")]
    public static partial void BadPacket(ILogger logger, LoggedEndPoint remoteEndPoint, PacketReadStatus status);

    [LoggerMessage(1203, LogLevel.Error, "The handler of command {Command} failed.")]
    public static partial void HandlerFailed(ILogger logger, Exception error, int command);

    [LoggerMessage(1204, LogLevel.Error, "Failed to sign a user out.")]
    public static partial void SignOutFailed(ILogger logger, Exception error);

    [LoggerMessage(1205, LogLevel.Error, "A callback on the Disconnected token of a user failed.")]
    public static partial void CallbackFailed(ILogger logger, Exception error);

    [LoggerMessage(1206, LogLevel.Information, "Disconnected the client at {RemoteEndPoint}: {Violation}.")]
    public static partial void ProtocolViolated(ILogger logger, LoggedEndPoint remoteEndPoint, ProtocolViolation violation);

    [LoggerMessage(1208, LogLevel.Debug, "{User} is away: {Cause}.")]
    public static partial void IsAway(ILogger logger, RoomMember user, EndCause cause);

    [LoggerMessage(1209, LogLevel.Debug, "{User} resumed its session from {RemoteEndPoint}.")]
    public static partial void Resumed(ILogger logger, RoomMember user, LoggedEndPoint remoteEndPoint);

    [LoggerMessage(1210, LogLevel.Debug, "The session of {User} ended: {Cause}.")]
    public static partial void Ended(ILogger logger, RoomMember user, LeaveCause cause);

    [LoggerMessage(1211, LogLevel.Error, "A user could not return to its room; its client will try again.")]
    public static partial void ReturnFailed(ILogger logger, Exception error);

    [LoggerMessage(1212, LogLevel.Error, "The store failed to end an expired session; trying again.")]
    public static partial void EndFailed(ILogger logger, Exception error);

    [LoggerMessage(1213, LogLevel.Warning, "Ended the session of {User} from before the restart: the nick policy refuses its nick with {Code}.")]
    public static partial void NickLost(ILogger logger, RoomMember user, PacketErrorCode code);

    [LoggerMessage(1214, LogLevel.Warning, "Cannot take over the sessions of servers that have failed; trying again.")]
    public static partial void TakeOverFailed(ILogger logger, Exception error);

    [LoggerMessage(1215, LogLevel.Debug, "The user '{Nick}' resumed its session on another server.")]
    public static partial void HandedOver(ILogger logger, string nick);

    [LoggerMessage(1216, LogLevel.Debug, "A client at {RemoteEndPoint} takes over the nick of another user with the same principal.")]
    public static partial void NickTakenOver(ILogger logger, LoggedEndPoint remoteEndPoint);

    [LoggerMessage(1217, LogLevel.Warning, "Not all servers could be searched for the user whose nick is taken over.")]
    public static partial void NickTakeoverFailed(ILogger logger, Exception error);

    [LoggerMessage(1207, LogLevel.Error, "The handler of command {Command} still runs {Timeout} after its client has disconnected; the user was signed out without waiting for it.")]
    public static partial void HandlerAbandoned(ILogger logger, int command, TimeSpan timeout);
}
