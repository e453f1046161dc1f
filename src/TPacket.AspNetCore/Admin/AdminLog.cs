using Microsoft.Extensions.Logging;

namespace TPacket.AspNetCore.Admin;

/// <summary>Events 1700 to 1749: what operators do.</summary>
internal static partial class AdminLog
{
    /// <summary>The category of the events.</summary>
    public const string Category = "TPacket.AspNetCore.Admin";

    [LoggerMessage(1700, LogLevel.Information, "{Operator} announces in room '{Room}', {Rooms} rooms: {Text}")]
    public static partial void Announced(ILogger logger, string @operator, string room, int rooms, string text);

    [LoggerMessage(1701, LogLevel.Information, "{Operator} disconnects user {User}: {Reason}")]
    public static partial void Kicked(ILogger logger, string @operator, int user, string reason);

    [LoggerMessage(1702, LogLevel.Information, "{Operator} closes room '{Room}', which has {Members} members.")]
    public static partial void Closed(ILogger logger, string @operator, string room, int members);

    [LoggerMessage(1703, LogLevel.Information, "{Operator} drains server {Server}.")]
    public static partial void Drained(ILogger logger, string @operator, string server);
}
