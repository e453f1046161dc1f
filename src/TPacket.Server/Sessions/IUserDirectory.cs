namespace TPacket.Server;

/// <summary>The users on this server: clients with a nick. Thread-safe.</summary>
public interface IUserDirectory
{
    /// <summary>All users at this moment; a copy.</summary>
    IReadOnlyList<IUser> Users { get; }

    /// <summary>Returns the user with an id; null for none.</summary>
    IUser? Find(int id);
}
