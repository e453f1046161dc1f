namespace TPacket.Server;

/// <summary>Keeps the logs of rooms. One instance serves the whole server; its members are called from many threads, event loops among them: they may wait, and must not block.</summary>
public interface IRoomStore
{
    /// <summary>Opens a room's log, which is created if it does not exist, and subscribes to it.</summary>
    /// <param name="room">The room's name, compared byte by byte.</param>
    /// <param name="subscriber">Gets a snapshot, before the task completes, and then every event behind it.</param>
    /// <param name="cancellationToken">Ends the wait; a log that is opened nevertheless is disposed of by the store.</param>
    /// <returns>The log; disposing of it ends the subscription. A store that does not keep rooms forgets one with its last subscription.</returns>
    ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken);
}
