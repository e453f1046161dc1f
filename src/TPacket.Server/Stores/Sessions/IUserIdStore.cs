namespace TPacket.Server;

/// <summary>
/// Allocates the ids of users, which are unique across the servers of a store and after restarts. Called from many threads, including event loops: it may await, but must not block.
/// </summary>
public interface IUserIdStore
{
    /// <summary>The first id, as in the original server.</summary>
    const int FirstId = 0x1000;

    /// <summary>Reserves a block of ids for this server. After the largest int it starts again at <see cref="FirstId"/>.</summary>
    /// <param name="count">The number of ids, 1 to 65,536.</param>
    ValueTask<UserIdBlock> ReserveAsync(int count);
}
