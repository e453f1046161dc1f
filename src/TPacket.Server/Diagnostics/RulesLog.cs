using Microsoft.Extensions.Logging;

namespace TPacket.Server.Diagnostics;

/// <summary>Events 1500 to 1599: rules of rooms.</summary>
internal static partial class RulesLog
{
    [LoggerMessage(1500, LogLevel.Error, "The rules of room '{Room}' cannot apply the event at offset {Offset}; the state stays as it was.")]
    public static partial void EvolveFailed(ILogger logger, Exception error, string room, long offset);

    [LoggerMessage(1501, LogLevel.Error, "Room '{Room}' could not be woken; it is tried again.")]
    public static partial void WakeFailed(ILogger logger, Exception error, string room);

    [LoggerMessage(1502, LogLevel.Error, "The state of room '{Room}' could not be written; it is tried again with the next event.")]
    public static partial void CheckpointFailed(ILogger logger, Exception error, string room);

    [LoggerMessage(1503, LogLevel.Error, "The rules of room '{Room}' cannot show a member the state.")]
    public static partial void ViewFailed(ILogger logger, Exception error, string room);

    [LoggerMessage(1504, LogLevel.Error, "Rooms that want to be woken could not be read from the store; it is tried again.")]
    public static partial void WakesUnknown(ILogger logger, Exception error);

    [LoggerMessage(1505, LogLevel.Warning, "Room '{Room}' is lost with its state: {Rooms} rooms that nobody is in and whose rules want to be woken are in memory already.")]
    public static partial void SleepingRoomLost(ILogger logger, string room, int rooms);
}
