namespace TPacket.Server;

/// <summary>The rooms that are open on this server: those with members here, and those that the application keeps open. Thread-safe.</summary>
public interface IRoomDirectory
{
    /// <summary>The rooms as they are now; a copy. Without those that the engine keeps for itself, whose names begin with U+0001.</summary>
    IReadOnlyList<IRoom> Rooms { get; }

    /// <summary>Finds an open room, one of the engine's as well.</summary>
    /// <returns>The room of that name, or null.</returns>
    IRoom? Find(string name);

    /// <summary>Opens a room and keeps it open, also without members.</summary>
    /// <param name="name">The room's name, not empty.</param>
    /// <returns>A handle; the room stays open until it is disposed of.</returns>
    /// <exception cref="RoomStoreException">The room's store failed or did not answer in time.</exception>
    ValueTask<RoomHandle> OpenAsync(string name);
}
