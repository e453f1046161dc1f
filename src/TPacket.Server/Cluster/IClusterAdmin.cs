namespace TPacket.Server;

/// <summary>
/// Monitors and controls all servers that share a store, or this server if the store is not shared, for admin pages and tools.
/// <c>AddTPacketServer</c> registers the service. The caller is responsible for authorization. Thread-safe.
/// </summary>
/// <remarks>
/// Each call sends a question to every other server and waits for the answers. Every member throws a <see cref="RoomStoreException"/>
/// if the store fails, or if a server that holds a lease does not answer within <see cref="TPacketServerOptions.StoreTimeout"/>.
/// After the exception, it is unknown whether a server has carried out the action.
/// </remarks>
public interface IClusterAdmin
{
    /// <summary>Reads the status of each server. Each server iterates over all of its users.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The servers: this one first, then the others in the order of their names.</returns>
    ValueTask<IReadOnlyList<ClusterServer>> ReadServersAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads a page of users and their connections, in the order of user ids.
    /// A user that connects, leaves or moves to another server between two pages may be missing or included.
    /// </summary>
    /// <param name="filter">Selects the connections.</param>
    /// <param name="after">The last user id of the previous page; 0 for the first page.</param>
    /// <param name="maxConnections">The maximum number of connections to return, 1 to 1,000.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The page; the last page has fewer connections than <paramref name="maxConnections"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxConnections"/> is out of range.</exception>
    ValueTask<IReadOnlyList<ClusterConnection>> ReadConnectionsAsync(ClusterConnectionFilter filter, int after, int maxConnections, CancellationToken cancellationToken = default);

    /// <summary>Finds a room that is open on any server.</summary>
    /// <param name="name">The room's name.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The room; null if it is open on no server.</returns>
    ValueTask<ClusterRoom?> FindRoomAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>
    /// Begins to append an announcement of the host, as <see cref="IRoom.AnnounceAsync"/> does,
    /// to one room or to all rooms with members. Does not wait for the store; failures of the store are logged.
    /// </summary>
    /// <param name="room">The room's name; null for all rooms.</param>
    /// <param name="text">The text; truncated to <see cref="TPacketServerOptions.MaxLoggedMessageBytes"/> bytes of UTF-8.</param>
    /// <param name="cancellationToken">Cancels the wait for the answers.</param>
    /// <returns>The number of rooms; 0 if no such room has members. No room is created.</returns>
    /// <remarks>
    /// If several servers have a room open, the server of the member with the lowest id makes the announcement.
    /// A room whose members move between servers at this moment can receive the announcement twice, or not at all.
    /// </remarks>
    ValueTask<int> AnnounceAsync(string? room, string text, CancellationToken cancellationToken = default);

    /// <summary>
    /// Begins to remove every member from a room, as <see cref="IRoom.RemoveAsync"/> does. The members stay connected and may enter the room again.
    /// Members that enter during the call may stay. Does not wait for the store; failures of the store are logged.
    /// </summary>
    /// <param name="room">The room's name.</param>
    /// <param name="cancellationToken">Cancels the wait for the answers.</param>
    /// <returns>The number of members; 0 if no such room has members.</returns>
    ValueTask<int> CloseRoomAsync(string room, CancellationToken cancellationToken = default);

    /// <summary>Begins to drain a server, as <see cref="TPacketServer.DrainAsync"/> does. Does not wait for the drain to complete.</summary>
    /// <param name="server">The <see cref="ClusterServer.Id"/> of the server.</param>
    /// <param name="cancellationToken">Cancels the wait for the answer.</param>
    /// <returns>True if the server has begun to drain; false if no server has this id.</returns>
    ValueTask<bool> DrainAsync(string server, CancellationToken cancellationToken = default);
}
