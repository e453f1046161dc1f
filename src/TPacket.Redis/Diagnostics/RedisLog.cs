using Microsoft.Extensions.Logging;

namespace TPacket.Server.Redis.Diagnostics;

/// <summary>Log events 1600 to 1699: rooms on Redis.</summary>
internal static partial class RedisLog
{
    [LoggerMessage(1600, LogLevel.Warning, "Redis failed while the node renewed its lease or compared its rooms.")]
    public static partial void Failed(ILogger logger, Exception error);

    [LoggerMessage(1601, LogLevel.Warning, "The connection for notifications is open but delivers nothing; the node replaces it.")]
    public static partial void NotificationsLost(ILogger logger);

    [LoggerMessage(1602, LogLevel.Error, "Another node has removed this node's expired lease; this node closes its rooms and acquires a new lease.")]
    public static partial void LeaseLost(ILogger logger);

    [LoggerMessage(1603, LogLevel.Error, "A notification from another node cannot be decoded; this node reads the events from the log.")]
    public static partial void NotificationUnreadable(ILogger logger, Exception error);

    [LoggerMessage(1604, LogLevel.Error, "The answer to a question of another server failed; this server sends no answer.")]
    public static partial void QuestionUnanswered(ILogger logger, Exception error);
}
