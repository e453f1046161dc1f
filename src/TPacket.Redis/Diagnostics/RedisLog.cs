using Microsoft.Extensions.Logging;

namespace TPacket.Server.Redis.Diagnostics;

/// <summary>Log events 1600 to 1699: rooms on Redis.</summary>
internal static partial class RedisLog
{
    [LoggerMessage(1600, LogLevel.Warning, "Redis failed while the node renewed its lease or compared its rooms.")]
    public static partial void Failed(ILogger logger, Exception error);

    [LoggerMessage(1601, LogLevel.Warning, "The connection for notifications is open but delivers nothing; it is replaced.")]
    public static partial void NotificationsLost(ILogger logger);

    [LoggerMessage(1602, LogLevel.Error, "Another node has removed this node's expired lease; every room is lost here, and the node acquires a new lease.")]
    public static partial void LeaseLost(ILogger logger);

    [LoggerMessage(1603, LogLevel.Error, "A notification from another node cannot be decoded; its events are read from the log.")]
    public static partial void NotificationUnreadable(ILogger logger, Exception error);

    [LoggerMessage(1604, LogLevel.Error, "A question from another server cannot be answered; it gets no reply from this server.")]
    public static partial void QuestionUnanswered(ILogger logger, Exception error);
}
