namespace TPacket.Server;

/// <summary>The users on this server: clients with a nick, including users that are away. Thread-safe.</summary>
public interface IUserDirectory
{
    /// <summary>All users at this moment; a copy.</summary>
    IReadOnlyList<IUser> Users { get; }

    /// <summary>Returns the user with an id; null for none.</summary>
    /// <param name="id">The user's id.</param>
    IUser? Find(int id);
}
