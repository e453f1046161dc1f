using Microsoft.Extensions.Logging;

namespace TPacket.AspNetCore.Admin;

/// <summary>Log events 1700 to 1749: actions of operators.</summary>
internal static partial class AdminLog
{
    /// <summary>The category of the events.</summary>
    public const string Category = "TPacket.AspNetCore.Admin";

    [LoggerMessage(1700, LogLevel.Information, "{Operator} announces in room '{Room}': {Text}")]
    public static partial void Announcing(ILogger logger, string @operator, string room, string text);

    [LoggerMessage(1701, LogLevel.Information, "{Operator} disconnects user {User}: {Reason}")]
    public static partial void Kicking(ILogger logger, string @operator, int user, string reason);

    [LoggerMessage(1702, LogLevel.Information, "{Operator} closes room '{Room}'.")]
    public static partial void Closing(ILogger logger, string @operator, string room);

    [LoggerMessage(1703, LogLevel.Information, "{Operator} drains server {Server}.")]
    public static partial void Draining(ILogger logger, string @operator, string server);

    [LoggerMessage(1704, LogLevel.Information, "The action '{Action}' of {Operator} applied to {Number} {Unit}.")]
    public static partial void Reached(ILogger logger, string action, string @operator, int number, string unit);

    [LoggerMessage(1705, LogLevel.Warning, "The action '{Action}' of {Operator} failed; some servers may have carried it out.")]
    public static partial void Failed(ILogger logger, Exception error, string action, string @operator);
}
