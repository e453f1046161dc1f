namespace TPacket.Server;

/// <summary>
/// Shows an operator all servers that share a store, and acts on them; on this server alone where it shares none. A service of the host, for an admin page or a tool; it asks nobody for rights. Thread-safe.
/// </summary>
/// <remarks>
/// The other servers are asked each time, as by <see cref="ICluster"/>. Every member throws a <see cref="RoomStoreException"/> when the store fails, or a server that still has its lease does not answer within
/// <see cref="TPacketServerOptions.StoreTimeout"/>; an action may have been carried out nevertheless.
/// </remarks>
public interface IClusterAdmin
{
    /// <summary>Reads what each server carries, in time that is proportional to its users.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The servers, this one first, the others by their names.</returns>
    ValueTask<IReadOnlyList<ClusterServer>> ReadServersAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads the list of users with their connections, in the order of their ids. Users that come, go or move to another server between two pages may be in the list or not.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="after">The last id of the page before; 0 for the first page.</param>
    /// <param name="maxConnections">Most connections to return, 1 to 1,000.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The page; fewer connections than <paramref name="maxConnections"/> when it is the last one.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxConnections"/> is out of range.</exception>
    ValueTask<IReadOnlyList<ClusterConnection>> ReadConnectionsAsync(ClusterConnectionFilter filter, int after, int maxConnections, CancellationToken cancellationToken = default);

    /// <summary>Finds a room that is open on any server.</summary>
    /// <param name="name">The room's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The room, or null when no server has it open.</returns>
    ValueTask<ClusterRoom?> FindRoomAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>
    /// Begins to append a message of the host, as <see cref="IRoom.AnnounceAsync"/> does, to one room or to all that have members. Does not wait for the store; a room whose store fails is logged.
    /// </summary>
    /// <param name="room">The room's name; null for all rooms.</param>
    /// <param name="text">Cut at <see cref="TPacketServerOptions.MaxLoggedMessageBytes"/> bytes of UTF-8.</param>
    /// <param name="cancellationToken">Ends the wait for the answers.</param>
    /// <returns>The number of rooms; 0 when no such room has members, and no room is created.</returns>
    /// <remarks>Of the servers that have a room open, the one acts that has the member with the least id. A room whose members move to another server at this moment can get the message twice, or not at all.</remarks>
    ValueTask<int> AnnounceAsync(string? room, string text, CancellationToken cancellationToken = default);

    /// <summary>
    /// Begins to remove every member from a room, as <see cref="IRoom.RemoveAsync"/> does: the members stay connected, and may enter the room again. Members that enter meanwhile may stay. Does not wait for the store; a store that fails is logged.
    /// </summary>
    /// <param name="room">The room's name.</param>
    /// <param name="cancellationToken">Ends the wait for the answers.</param>
    /// <returns>The number of members; 0 when no such room has members.</returns>
    ValueTask<int> CloseRoomAsync(string room, CancellationToken cancellationToken = default);

    /// <summary>Begins to drain a server, as <see cref="TPacketServer.DrainAsync"/> does, and does not wait for the end.</summary>
    /// <param name="server">The <see cref="ClusterServer.Id"/>.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    /// <returns>False when no server has that id.</returns>
    ValueTask<bool> DrainAsync(string server, CancellationToken cancellationToken = default);
}
