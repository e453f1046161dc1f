namespace TPacket.Server;

/// <summary>The open rooms of this server: rooms with members here, and rooms that the application keeps open. Thread-safe.</summary>
public interface IRoomDirectory
{
    /// <summary>The rooms at this moment, without the engine's rooms, which have names that begin with U+0001; a copy.</summary>
    IReadOnlyList<IRoom> Rooms { get; }

    /// <summary>Returns the open room with a name, which may be a room of the engine; null if no such room is open here.</summary>
    /// <param name="name">The name, compared ordinally.</param>
    IRoom? Find(string name);

    /// <summary>Opens a room and keeps it open, even without members.</summary>
    /// <param name="name">The room's name, not empty.</param>
    /// <returns>A handle. The room stays open until the handle is disposed of.</returns>
    /// <exception cref="RoomStoreException">The room's store failed or did not answer in time.</exception>
    ValueTask<RoomHandle> OpenAsync(string name);
}
