using TPacket.Server;

namespace TPacket.Tool.Stores;

/// <summary>Reads rooms and their logs from a store. Servers may write at the same time.</summary>
internal interface ILogSource : IAsyncDisposable
{
    /// <summary>Reads the rooms, ordered by name.</summary>
    /// <exception cref="RoomStoreException">The store cannot be read.</exception>
    IAsyncEnumerable<StoredRoom> ReadRoomsAsync(CancellationToken cancellationToken);

    /// <summary>Reads a page of a room's log.</summary>
    /// <param name="room">The room's name.</param>
    /// <param name="after">The position of the last page; null to start with the oldest event.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Null if the room does not exist.</returns>
    /// <exception cref="RoomStoreException">The store cannot be read.</exception>
    Task<RoomPage?> ReadAsync(string room, RoomPosition? after, CancellationToken cancellationToken);
}
