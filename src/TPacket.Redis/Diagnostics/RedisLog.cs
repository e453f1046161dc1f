using Microsoft.Extensions.Logging;

namespace TPacket.Server.Redis.Diagnostics;

/// <summary>Events 1600 to 1699: rooms on Redis.</summary>
internal static partial class RedisLog
{
    [LoggerMessage(1600, LogLevel.Warning, "Redis failed while the node renewed its lease or compared its rooms.")]
    public static partial void Failed(ILogger logger, Exception error);

    [LoggerMessage(1601, LogLevel.Warning, "The connection for notifications looks alive and brings nothing; another one takes its place.")]
    public static partial void NotificationsLost(ILogger logger);

    [LoggerMessage(1602, LogLevel.Error, "Another node has found the lease of this one over; every room is lost here, and the node begins anew.")]
    public static partial void LeaseLost(ILogger logger);

    [LoggerMessage(1603, LogLevel.Error, "A notification of another node cannot be read; its events are read from the log.")]
    public static partial void NotificationUnreadable(ILogger logger, Exception error);

    [LoggerMessage(1604, LogLevel.Error, "A question of another server cannot be answered; it is asked in vain.")]
    public static partial void QuestionUnanswered(ILogger logger, Exception error);
}
