using Microsoft.Extensions.Logging;

namespace TPacket.Server.Diagnostics;

/// <summary>Events 1300 to 1399: rooms.</summary>
internal static partial class RoomLog
{
    [LoggerMessage(1300, LogLevel.Debug, "{User} entered room '{Room}', which now has {Members} members.")]
    public static partial void Entered(ILogger logger, RoomMember user, string room, int members);

    [LoggerMessage(1301, LogLevel.Debug, "{User} left room '{Room}', which now has {Members} members.")]
    public static partial void Left(ILogger logger, RoomMember user, string room, int members);

    [LoggerMessage(1302, LogLevel.Error, "The store of room '{Room}' failed.")]
    public static partial void StoreFailed(ILogger logger, Exception error, string room);

    [LoggerMessage(1303, LogLevel.Error, "{Holder} has held the turn of room '{Room}' for longer than {Timeout}; refusing the packets that wait for the turn.")]
    public static partial void TurnHeld(ILogger logger, string room, TimeSpan timeout, string holder);

    [LoggerMessage(1304, LogLevel.Error, "The delivery in room '{Room}' failed; its members receive a snapshot.")]
    public static partial void DeliveryFailed(ILogger logger, Exception error, string room);

    [LoggerMessage(1306, LogLevel.Error, "A store did not answer; trying again.")]
    public static partial void StoreUnanswered(ILogger logger, Exception error);

    [LoggerMessage(1305, LogLevel.Error, "Observer {Observer} failed or timed out in room '{Room}'. The server continues with the next event.")]
    public static partial void ObserverFailed(ILogger logger, Exception error, string room, Type observer);

    [LoggerMessage(1307, LogLevel.Error, "An operator's action failed in room '{Room}'.")]
    public static partial void ActionFailed(ILogger logger, Exception error, string room);
}
