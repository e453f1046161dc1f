using Microsoft.Extensions.Logging;

namespace TPacket.Server.Sqlite.Diagnostics;

/// <summary>Log events 1400 to 1499: rooms in a file.</summary>
internal static partial class SqliteLog
{
    [LoggerMessage(1400, LogLevel.Information, "Rooms are stored in '{Path}' with SQLite {Version}; this is run {Run} of the file.")]
    public static partial void Opened(ILogger logger, string path, string version, long run);

    [LoggerMessage(1401, LogLevel.Warning, "The file '{Path}' is not the last served file or is an older copy of it; every room gets a new epoch.")]
    public static partial void OlderFile(ILogger logger, string path);

    [LoggerMessage(1402, LogLevel.Error, "The store fails: {Fault}")]
    public static partial void Failed(ILogger logger, Exception? error, string fault);

    [LoggerMessage(1403, LogLevel.Information, "The store works again.")]
    public static partial void Recovered(ILogger logger);

    [LoggerMessage(1404, LogLevel.Error, "A flush to members of room '{Room}' failed.")]
    public static partial void FlushFailed(ILogger logger, Exception error, string room);

    [LoggerMessage(1405, LogLevel.Error, "An operation of the writer's thread failed with an unexpected exception; the store continues with the next operation.")]
    public static partial void OperationFailed(ILogger logger, Exception error);

    [LoggerMessage(1406, LogLevel.Warning, "The file '{Path}' or its write-ahead log was removed; the server has restored it from its open connection.")]
    public static partial void Rescued(ILogger logger, string path);
}
