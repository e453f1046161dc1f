namespace TPacket.Server;

/// <summary>
/// Hands out the ids of users, so that no two users have the same, also on other servers of the same store and after a restart. Its member is called from many threads; it may wait, and must not block.
/// </summary>
public interface IUserIdStore
{
    /// <summary>The first id: the oldest server began there too.</summary>
    const int FirstId = 0x1000;

    /// <summary>Reserves ids that nobody else gets. After the last positive number it begins at <see cref="FirstId"/> again.</summary>
    /// <param name="count">How many, at most 65,536.</param>
    ValueTask<UserIdBlock> ReserveAsync(int count);
}
