using Microsoft.Extensions.Logging;
using TPacket.Protocol;
using TPacket.Server.Sessions.SignIn;
using TPacket.WebSockets;

namespace TPacket.Server.Diagnostics;

/// <summary>Events 1200 to 1299: users and their packets. No event has a place for what they say.</summary>
internal static partial class SessionLog
{
    [LoggerMessage(1200, LogLevel.Debug, "{User} signed in from {RemoteEndPoint}.")]
    public static partial void SignedIn(ILogger logger, RoomMember user, LoggedEndPoint remoteEndPoint);

    [LoggerMessage(1201, LogLevel.Debug, "{User} is gone: {Cause}.")]
    public static partial void SignedOut(ILogger logger, RoomMember user, EndCause cause);

    [LoggerMessage(1202, LogLevel.Information, "A packet from {RemoteEndPoint} is malformed: {Status}.")]
    public static partial void BadPacket(ILogger logger, LoggedEndPoint remoteEndPoint, PacketReadStatus status);

    [LoggerMessage(1203, LogLevel.Error, "The handler of command {Command} failed.")]
    public static partial void HandlerFailed(ILogger logger, Exception error, int command);

    [LoggerMessage(1204, LogLevel.Error, "A user's leaving failed.")]
    public static partial void TearDownFailed(ILogger logger, Exception error);

    [LoggerMessage(1205, LogLevel.Error, "What an application has registered for the end of a user's connection failed.")]
    public static partial void CallbackFailed(ILogger logger, Exception error);

    [LoggerMessage(1206, LogLevel.Information, "The client at {RemoteEndPoint} is disconnected: {Offence}.")]
    public static partial void ProtocolViolated(ILogger logger, LoggedEndPoint remoteEndPoint, ProtocolViolation offence);

    [LoggerMessage(1208, LogLevel.Debug, "{User} is away: {Cause}.")]
    public static partial void IsAway(ILogger logger, RoomMember user, EndCause cause);

    [LoggerMessage(1209, LogLevel.Debug, "{User} is back from {RemoteEndPoint}.")]
    public static partial void Resumed(ILogger logger, RoomMember user, LoggedEndPoint remoteEndPoint);

    [LoggerMessage(1210, LogLevel.Debug, "The session of {User} is over: {Cause}.")]
    public static partial void Ended(ILogger logger, RoomMember user, LeaveCause cause);

    [LoggerMessage(1211, LogLevel.Error, "A user could not come back to its room; its client tries again.")]
    public static partial void ReturnFailed(ILogger logger, Exception error);

    [LoggerMessage(1212, LogLevel.Error, "The store did not end the session of a user whose grace is over; it is asked again.")]
    public static partial void EndFailed(ILogger logger, Exception error);

    [LoggerMessage(1213, LogLevel.Warning, "The session of {User} from before the start is over: the nick policy refuses its nick with {Code}.")]
    public static partial void NickLost(ILogger logger, RoomMember user, PacketErrorCode code);

    [LoggerMessage(1214, LogLevel.Warning, "The sessions that other servers have left could not be taken over; it is tried again.")]
    public static partial void TakeOverFailed(ILogger logger, Exception error);

    [LoggerMessage(1215, LogLevel.Debug, "The user '{Nick}' is back on another server.")]
    public static partial void HandedOver(ILogger logger, string nick);

    [LoggerMessage(1216, LogLevel.Debug, "A client at {RemoteEndPoint} takes over the nick of another user of its principal.")]
    public static partial void NickTakenOver(ILogger logger, LoggedEndPoint remoteEndPoint);

    [LoggerMessage(1217, LogLevel.Warning, "Not all other servers could be asked for a user whose nick its principal takes over.")]
    public static partial void NickTakeoverFailed(ILogger logger, Exception error);

    [LoggerMessage(1207, LogLevel.Error, "The handler of command {Command} still runs {Timeout} after its client's connection has ended; the user has left without it.")]
    public static partial void HandlerAbandoned(ILogger logger, int command, TimeSpan timeout);
}
