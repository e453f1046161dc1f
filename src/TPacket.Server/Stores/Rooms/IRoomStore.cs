namespace TPacket.Server;

/// <summary>
/// Stores the logs of rooms. One instance serves the whole server. The engine calls its members from many threads, including event loops:
/// they may await, but must not block. <c>RoomStoreSpecification</c> of TPacket.Testing tests an implementation.
/// </summary>
public interface IRoomStore
{
    /// <summary>Opens a room's log and subscribes to it. Creates the log if it does not exist.</summary>
    /// <param name="room">The room's name, compared ordinally.</param>
    /// <param name="subscriber">Receives a snapshot before the task completes, and then every later event.</param>
    /// <param name="cancellationToken">Cancels the wait. If the log is still opened, the store disposes of it.</param>
    /// <returns>
    /// The log; disposing of it ends the subscription. A store in memory discards a room
    /// when its last subscription ends, unless the room's rules have a wake-up time.
    /// </returns>
    /// <exception cref="RoomStoreException">The store failed.</exception>
    ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the rooms with a due wake-up (<see cref="RulesCheckpoint.WakeAt"/>). The result must include
    /// the rooms that no server has open, and may include open rooms, which their servers wake as well.
    /// </summary>
    /// <param name="before">The latest wake-up time to return, in milliseconds since the Unix epoch.</param>
    /// <param name="maxRooms">The maximum number of rooms to return, at least 1.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The rooms, in the order of their wake-up times.</returns>
    ValueTask<IReadOnlyList<RoomWake>> ReadWakesAsync(long before, int maxRooms, CancellationToken cancellationToken);
}
