namespace TPacket.Server;

/// <summary>The rooms that have members on this server. Thread-safe.</summary>
public interface IRoomDirectory
{
    /// <summary>Every room, as they are now; a copy.</summary>
    IReadOnlyList<IRoom> Rooms { get; }

    /// <summary>The room of that name, or null.</summary>
    IRoom? Find(string name);
}
