namespace TPacket.Server;

/// <summary>Keeps the logs of rooms. One instance serves the whole server; its members are called from many threads, event loops among them: they may wait, and must not block.</summary>
public interface IRoomStore
{
    /// <summary>Opens a room's log, which is created if it does not exist, and subscribes to it.</summary>
    /// <param name="room">The room's name, compared byte by byte.</param>
    /// <param name="subscriber">Gets a snapshot, before the task completes, and then every event behind it.</param>
    /// <param name="cancellationToken">Ends the wait; a log that is opened nevertheless is disposed of by the store.</param>
    /// <returns>The log; disposing of it ends the subscription. A store that does not keep rooms forgets one with its last subscription, unless its rules want to be woken.</returns>
    ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken);

    /// <summary>Finds rooms that nobody has open and whose rules want to be woken (<see cref="RulesCheckpoint.WakeAt"/>). Open rooms may be among them: the server that has one open wakes it, too.</summary>
    /// <param name="before">Rooms that want it at this time or earlier, in milliseconds since the Unix epoch.</param>
    /// <param name="maxRooms">Most rooms to return, at least 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The rooms, the earliest first.</returns>
    ValueTask<IReadOnlyList<RoomWake>> ReadWakesAsync(long before, int maxRooms, CancellationToken cancellationToken);
}
