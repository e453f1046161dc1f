using TPacket.Server;

namespace TPacket.Tool.Stores;

/// <summary>The logs of rooms where a store keeps them. Only reads, also while servers write.</summary>
internal interface ILogSource : IAsyncDisposable
{
    /// <summary>Reads what rooms there are, in the order of their names.</summary>
    /// <exception cref="RoomStoreException">The store cannot be read.</exception>
    IAsyncEnumerable<StoredRoom> ReadRoomsAsync(CancellationToken cancellationToken);

    /// <summary>Reads a page of a room's log.</summary>
    /// <param name="room">The room's name.</param>
    /// <param name="after">The position of the page before; null for the oldest event that the log can continue.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where there is no such room.</returns>
    /// <exception cref="RoomStoreException">The store cannot be read.</exception>
    Task<RoomPage?> ReadAsync(string room, RoomPosition? after, CancellationToken cancellationToken);
}
