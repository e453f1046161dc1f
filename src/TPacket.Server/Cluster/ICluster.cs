using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TPacket.Server.Payloads;

namespace TPacket.Server;

/// <summary>
/// The users and rooms of all servers that share a store, or of this server if the store is not shared. <c>AddTPacketServer</c> registers the service.
/// <see cref="IUserDirectory"/> and <see cref="IRoomDirectory"/> cover this server only. Thread-safe.
/// </summary>
/// <remarks>
/// Each call sends a question to every other server and waits for the answers. Both servers can miss a user that moves between them during the call.
/// Every member throws a <see cref="RoomStoreException"/> if the store fails, or if a server that holds a lease does not answer within
/// <see cref="TPacketServerOptions.StoreTimeout"/>. After the exception, it is unknown whether a server has carried out the call.
/// </remarks>
public interface ICluster
{
    /// <summary>Finds a user by id.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The user; null if no server has a user with this id.</returns>
    ValueTask<ClusterUser?> FindUserAsync(int id, CancellationToken cancellationToken = default);

    /// <summary>Finds a user by nick. Each server searches all of its users.</summary>
    /// <param name="nick">The nick, compared ordinally.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The user; null if no server has a user with this nick.</returns>
    ValueTask<ClusterUser?> FindUserAsync(string nick, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends an unsolicited packet to a user, as <see cref="IUser.Send(int, int, int, ReadOnlySpan{byte})"/> does.
    /// Packets from one server to one user arrive in the order of the calls.
    /// </summary>
    /// <param name="userId">The user's id.</param>
    /// <param name="command">The command; the client must accept it.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="data">The data; it must not change until the task completes.</param>
    /// <param name="cancellationToken">Cancels the wait; the packet may still be sent.</param>
    /// <returns>True if a server has enqueued the packet; false if no server has the user, the user is away, or the client does not accept the command.</returns>
    ValueTask<bool> SendAsync(int userId, int command, int p1 = 0, int p2 = 0, ReadOnlyMemory<byte> data = default, CancellationToken cancellationToken = default);

    /// <summary>Sends an unsolicited packet with a text to a user.</summary>
    /// <inheritdoc cref="SendAsync(int, int, int, int, ReadOnlyMemory{byte}, CancellationToken)"/>
    /// <param name="userId">The user's id.</param>
    /// <param name="command">The command.</param>
    /// <param name="text">The data, sent as UTF-8.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="cancellationToken">Cancels the wait; the packet may still be sent.</param>
    ValueTask<bool> SendAsync(int userId, int command, string text, int p1 = 0, int p2 = 0, CancellationToken cancellationToken = default) =>
        SendAsync(userId, command, p1, p2, PayloadBuffer.Of(text).TakeArray(), cancellationToken);

    /// <summary>Sends an unsolicited packet with a serialized value to a user.</summary>
    /// <inheritdoc cref="SendAsync(int, int, int, int, ReadOnlyMemory{byte}, CancellationToken)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="userId">The user's id.</param>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="serializer">Serializes the value.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="cancellationToken">Cancels the wait; the packet may still be sent.</param>
    ValueTask<bool> SendAsync<T>(int userId, int command, T value, IPayloadSerializer serializer, int p1 = 0, int p2 = 0, CancellationToken cancellationToken = default) =>
        SendAsync(userId, command, p1, p2, PayloadBuffer.Of(value, serializer).TakeArray(), cancellationToken);

    /// <summary>Sends an unsolicited packet with a value as JSON to a user.</summary>
    /// <inheritdoc cref="SendAsync(int, int, int, int, ReadOnlyMemory{byte}, CancellationToken)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="userId">The user's id.</param>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="type">The metadata of the type from a source-generated context, such as <c>MyJson.Default.Move</c>.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="cancellationToken">Cancels the wait; the packet may still be sent.</param>
    ValueTask<bool> SendAsync<T>(int userId, int command, T value, JsonTypeInfo<T> type, int p1 = 0, int p2 = 0, CancellationToken cancellationToken = default) =>
        SendAsync(userId, command, p1, p2, PayloadBuffer.Of(value, type).TakeArray(), cancellationToken);

    /// <summary>Sends an unsolicited packet with a value as JSON to a user.</summary>
    /// <inheritdoc cref="SendAsync(int, int, int, int, ReadOnlyMemory{byte}, CancellationToken)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="userId">The user's id.</param>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="options">
    /// Options with a <see cref="JsonSerializerOptions.TypeInfoResolver"/>, such as the options of a
    /// source-generated context, or <see cref="JsonSerializerOptions.Web"/> if reflection is enabled.
    /// </param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="cancellationToken">Cancels the wait; the packet may still be sent.</param>
    ValueTask<bool> SendAsync<T>(int userId, int command, T value, JsonSerializerOptions options, int p1 = 0, int p2 = 0, CancellationToken cancellationToken = default) =>
        SendAsync(userId, command, p1, p2, PayloadBuffer.Of(value, options).TakeArray(), cancellationToken);

    /// <summary>Ends the connection and the session of a user, as <see cref="IUser.Disconnect"/> does.</summary>
    /// <param name="userId">The user's id.</param>
    /// <param name="reason">The reason for the user; truncated to 123 bytes of UTF-8.</param>
    /// <param name="cancellationToken">Cancels the wait; the user may still be disconnected.</param>
    /// <returns>True if a server had the user.</returns>
    ValueTask<bool> DisconnectAsync(int userId, string reason, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads a page of the rooms that are open on any server, in ordinal (UTF-16) order of their names.
    /// A room that opens or closes between two pages may be missing or included.
    /// </summary>
    /// <param name="after">The last room name of the previous page; null for the first page.</param>
    /// <param name="maxRooms">The maximum number of rooms to return, 1 to 10,000.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The page; the last page has fewer rooms than <paramref name="maxRooms"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxRooms"/> is out of range.</exception>
    ValueTask<IReadOnlyList<ClusterRoom>> ReadRoomsAsync(string? after, int maxRooms, CancellationToken cancellationToken = default);

    /// <summary>Counts servers, users and rooms.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask<ClusterCounts> CountAsync(CancellationToken cancellationToken = default);
}
