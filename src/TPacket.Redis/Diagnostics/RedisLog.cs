using Microsoft.Extensions.Logging;

namespace TPacket.Server.Redis.Diagnostics;

/// <summary>Log events of the store.</summary>
internal static partial class RedisLog
{
    [LoggerMessage(1300, LogLevel.Warning, "Redis failed while the node renewed its lease or compared its rooms.")]
    public static partial void Failed(ILogger logger, Exception error);
}
