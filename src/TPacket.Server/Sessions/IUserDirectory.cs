namespace TPacket.Server;

/// <summary>The users on this server: clients with a nick. Thread-safe.</summary>
public interface IUserDirectory
{
    /// <summary>Every user, as they are now; a copy.</summary>
    IReadOnlyList<IUser> Users { get; }

    /// <summary>The user with that id, or null.</summary>
    IUser? Find(int id);
}
