using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TPacket.Server;

/// <summary>
/// The users and rooms of all servers that share a store; those of this server alone where it shares none. A service of the host. Thread-safe. <see cref="IUserDirectory"/> and <see cref="IRoomDirectory"/> are about this server.
/// </summary>
/// <remarks>
/// The other servers are asked each time: that costs a message to each and one back. A user that moves to another server at this very moment can be missed by both. Every member throws a <see cref="RoomStoreException"/> when the
/// store fails, or a server that still has its lease does not answer within <see cref="TPacketServerOptions.StoreTimeout"/>; it is unknown then whether that server has done what was asked.
/// </remarks>
public interface ICluster
{
    /// <summary>Finds a user by id.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The user, or null when no server has one of that id.</returns>
    ValueTask<ClusterUser?> FindUserAsync(int id, CancellationToken cancellationToken = default);

    /// <summary>Finds a user by nick, in time that is proportional to the number of users.</summary>
    /// <param name="nick">The nick, compared character by character.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The user, or null when no server has one of that nick.</returns>
    ValueTask<ClusterUser?> FindUserAsync(string nick, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends a packet unasked to a user, as <see cref="IUser"/> does. Packets that one server sends to one user arrive in the order of the calls.
    /// </summary>
    /// <param name="userId">The user's id.</param>
    /// <param name="command">The command; the client has to accept it.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="data">The data; it does not change until the task completes.</param>
    /// <param name="cancellationToken">Ends the wait; the packet may be sent nevertheless.</param>
    /// <returns>Whether a server has enqueued the packet. False when no server has the user, the user is away, or the client does not accept the command.</returns>
    ValueTask<bool> SendAsync(int userId, int command, int p1 = 0, int p2 = 0, ReadOnlyMemory<byte> data = default, CancellationToken cancellationToken = default);

    /// <summary>Sends a packet unasked that carries a text to a user.</summary>
    /// <inheritdoc cref="SendAsync(int, int, int, int, ReadOnlyMemory{byte}, CancellationToken)"/>
    /// <param name="userId">The user's id.</param>
    /// <param name="command">The command.</param>
    /// <param name="text">The data, sent as UTF-8.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="cancellationToken">Ends the wait; the packet may be sent nevertheless.</param>
    ValueTask<bool> SendAsync(int userId, int command, string text, int p1 = 0, int p2 = 0, CancellationToken cancellationToken = default) =>
        SendAsync(userId, command, p1, p2, PayloadBuffer.Of(text).TakeArray(), cancellationToken);

    /// <summary>Sends a packet unasked that carries a value to a user.</summary>
    /// <inheritdoc cref="SendAsync(int, int, int, int, ReadOnlyMemory{byte}, CancellationToken)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="userId">The user's id.</param>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="serializer">Writes the value.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="cancellationToken">Ends the wait; the packet may be sent nevertheless.</param>
    ValueTask<bool> SendAsync<T>(int userId, int command, T value, IPayloadSerializer serializer, int p1 = 0, int p2 = 0, CancellationToken cancellationToken = default) =>
        SendAsync(userId, command, p1, p2, PayloadBuffer.Of(value, serializer).TakeArray(), cancellationToken);

    /// <summary>Sends a packet unasked that carries a value, as JSON to a user.</summary>
    /// <inheritdoc cref="SendAsync(int, int, int, int, ReadOnlyMemory{byte}, CancellationToken)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="userId">The user's id.</param>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="type">The metadata of the type, as a context of the source generator has it: <c>MyJson.Default.Move</c>.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="cancellationToken">Ends the wait; the packet may be sent nevertheless.</param>
    ValueTask<bool> SendAsync<T>(int userId, int command, T value, JsonTypeInfo<T> type, int p1 = 0, int p2 = 0, CancellationToken cancellationToken = default) =>
        SendAsync(userId, command, p1, p2, PayloadBuffer.Of(value, type).TakeArray(), cancellationToken);

    /// <summary>Sends a packet unasked that carries a value, as JSON to a user.</summary>
    /// <inheritdoc cref="SendAsync(int, int, int, int, ReadOnlyMemory{byte}, CancellationToken)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="userId">The user's id.</param>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="options">Options of System.Text.Json with a <see cref="JsonSerializerOptions.TypeInfoResolver"/>, such as those of a context of the source generator, or <see cref="JsonSerializerOptions.Web"/> where reflection is enabled.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="cancellationToken">Ends the wait; the packet may be sent nevertheless.</param>
    ValueTask<bool> SendAsync<T>(int userId, int command, T value, JsonSerializerOptions options, int p1 = 0, int p2 = 0, CancellationToken cancellationToken = default) =>
        SendAsync(userId, command, p1, p2, PayloadBuffer.Of(value, options).TakeArray(), cancellationToken);

    /// <summary>Ends the connection and the session of a user, as <see cref="IUser.Disconnect"/> does.</summary>
    /// <param name="userId">The user's id.</param>
    /// <param name="reason">For people; cut at 123 bytes of UTF-8.</param>
    /// <param name="cancellationToken">Ends the wait; the user may be disconnected nevertheless.</param>
    /// <returns>Whether a server had the user.</returns>
    ValueTask<bool> DisconnectAsync(int userId, string reason, CancellationToken cancellationToken = default);

    /// <summary>Reads the list of the rooms that are open on any server, in the order of their names (compared as UTF-16, ordinally). Rooms that open or close between two pages may be in the list or not.</summary>
    /// <param name="after">The last name of the page before; null for the first page.</param>
    /// <param name="maxRooms">Most rooms to return, 1 to 10,000.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The page; fewer rooms than <paramref name="maxRooms"/> when it is the last one.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxRooms"/> is out of range.</exception>
    ValueTask<IReadOnlyList<ClusterRoom>> ReadRoomsAsync(string? after, int maxRooms, CancellationToken cancellationToken = default);

    /// <summary>Counts servers, users and rooms.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<ClusterCounts> CountAsync(CancellationToken cancellationToken = default);
}
