namespace TPacket.Server;

/// <summary>
/// Allocates the ids of users, which are unique across the servers of a store and, in a durable store, across restarts. The engine calls it from many
/// threads, including event loops: it may await, but must not block. <c>UserIdStoreSpecification</c> of TPacket.Testing tests an implementation.
/// </summary>
public interface IUserIdStore
{
    /// <summary>The first id, as in the original server.</summary>
    const int FirstId = 0x1000;

    /// <summary>Reserves a block of ids for this server. After <see cref="int.MaxValue"/>, the ids start again at <see cref="FirstId"/>.</summary>
    /// <param name="count">The number of ids, 1 to 65,536.</param>
    /// <exception cref="RoomStoreException">The store failed.</exception>
    ValueTask<UserIdBlock> ReserveAsync(int count);
}
