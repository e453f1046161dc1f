using Microsoft.Extensions.Logging;

namespace TPacket.Server.Redis.Diagnostics;

/// <summary>Events 1600 to 1699: rooms on Redis.</summary>
internal static partial class RedisLog
{
    [LoggerMessage(1600, LogLevel.Warning, "Redis failed while the node renewed its lease or compared its rooms.")]
    public static partial void Failed(ILogger logger, Exception error);
}
