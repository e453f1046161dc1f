using Microsoft.Extensions.Logging;

namespace TPacket.Server.Diagnostics;

/// <summary>Events 1500 to 1599: rules of rooms.</summary>
internal static partial class RulesLog
{
    [LoggerMessage(1500, LogLevel.Error, "The rules of room '{Room}' failed to apply the event at offset {Offset}; the state has not changed.")]
    public static partial void EvolveFailed(ILogger logger, Exception error, string room, long offset);

    [LoggerMessage(1501, LogLevel.Error, "The wake-up of room '{Room}' failed; trying again.")]
    public static partial void WakeFailed(ILogger logger, Exception error, string room);

    [LoggerMessage(1502, LogLevel.Error, "Writing the state of room '{Room}' failed; trying again with the next event.")]
    public static partial void CheckpointFailed(ILogger logger, Exception error, string room);

    [LoggerMessage(1503, LogLevel.Error, "The rules of room '{Room}' failed to compute a member's view.")]
    public static partial void ViewFailed(ILogger logger, Exception error, string room);

    [LoggerMessage(1504, LogLevel.Error, "Reading the due wake-ups from the store failed; trying again.")]
    public static partial void WakesUnknown(ILogger logger, Exception error);

    [LoggerMessage(1505, LogLevel.Warning, "Discarded room '{Room}' and its state: the maximum of {Rooms} empty rooms that wait for a wake-up is reached.")]
    public static partial void SleepingRoomLost(ILogger logger, string room, int rooms);
}
