using System.Net;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TPacket.Server.Payloads;

namespace TPacket.Server;

/// <summary>
/// A user: a client with an open connection, or a client that has lost its connection and may resume its session. Each object represents one connection.
/// A user that has resumed is another object with the same id; calls on the earlier object have no effect, except <see cref="Disconnect"/>. Thread-safe.
/// </summary>
public interface IUser
{
    /// <summary>The id that other clients see: 0x1000 or more; 0 before the client has requested its first nick.</summary>
    int Id { get; }

    /// <summary>The nick; empty before the nick policy has accepted a nick.</summary>
    string Nick { get; }

    /// <summary>The room of the user; null for none.</summary>
    IRoom? Room { get; }

    /// <summary>The client's address; null if the user is away or the transport has no addresses.</summary>
    EndPoint? RemoteEndPoint { get; }

    /// <summary>
    /// The principal that the handshake policy (<see cref="HandshakeDecision.WithPrincipal"/>)
    /// or the HTTP server has authenticated; null for none, and while the user is away.
    /// </summary>
    ClaimsPrincipal? Principal => null;

    /// <summary>
    /// The application's state of the user: one value of each type. The items live as long as the connection or, if the user has a session,
    /// as long as the session is on this server: the collection is the same object while the user is away and after it has resumed.
    /// The collection is empty after a restart, and after a resumption on another server.
    /// </summary>
    ItemCollection Items { get; }

    /// <summary>Whether the user has no connection and may resume its session. A user that is away receives no packets and cannot be moved.</summary>
    bool IsAway => false;

    /// <summary>A token that is cancelled when the connection has ended. Its callbacks run on the thread pool.</summary>
    CancellationToken Disconnected { get; }

    /// <summary>Returns whether the client receives packets with a command: a command of the original protocol, or a command that the client has accepted.</summary>
    /// <param name="command">The command.</param>
    bool Accepts(int command);

    /// <summary>
    /// Sends an unsolicited packet. Does not wait for the client. A client that is resuming
    /// its session receives the packet after the reply to RESUME and the missed events.
    /// </summary>
    /// <param name="command">The command; the client must accept it.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="data">The data; copied before the call returns.</param>
    /// <returns>
    /// True if the packet was enqueued. False if the client does not accept the command, the user is away, the connection is closing, or the queue is full
    /// (<see cref="TPacketServerOptions.OutboundQueuePackets"/>, <see cref="TPacketServerOptions.OutboundQueueBytes"/>).
    /// </returns>
    bool Send(int command, int p1 = 0, int p2 = 0, ReadOnlySpan<byte> data = default);

    /// <summary>Sends an unsolicited packet with a text.</summary>
    /// <inheritdoc cref="Send(int, int, int, ReadOnlySpan{byte})"/>
    /// <param name="command">The command.</param>
    /// <param name="text">The data, sent as UTF-8.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    bool Send(int command, string text, int p1 = 0, int p2 = 0)
    {
        using var buffer = PayloadBuffer.Of(text);
        return Send(command, p1, p2, buffer.Data.Span);
    }

    /// <summary>Sends an unsolicited packet with a serialized value.</summary>
    /// <inheritdoc cref="Send(int, int, int, ReadOnlySpan{byte})"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="serializer">Serializes the value.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    bool Send<T>(int command, T value, IPayloadSerializer serializer, int p1 = 0, int p2 = 0)
    {
        using var buffer = PayloadBuffer.Of(value, serializer);
        return Send(command, p1, p2, buffer.Data.Span);
    }

    /// <summary>Sends an unsolicited packet with a value as JSON.</summary>
    /// <inheritdoc cref="Send(int, int, int, ReadOnlySpan{byte})"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="type">The metadata of the type from a source-generated context, such as <c>MyJson.Default.Move</c>.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    bool Send<T>(int command, T value, JsonTypeInfo<T> type, int p1 = 0, int p2 = 0)
    {
        using var buffer = PayloadBuffer.Of(value, type);
        return Send(command, p1, p2, buffer.Data.Span);
    }

    /// <summary>Sends an unsolicited packet with a value as JSON.</summary>
    /// <inheritdoc cref="Send(int, int, int, ReadOnlySpan{byte})"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="options">
    /// Options with a <see cref="JsonSerializerOptions.TypeInfoResolver"/>, such as the options of a
    /// source-generated context, or <see cref="JsonSerializerOptions.Web"/> if reflection is enabled.
    /// </param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    bool Send<T>(int command, T value, JsonSerializerOptions options, int p1 = 0, int p2 = 0)
    {
        using var buffer = PayloadBuffer.Of(value, options);
        return Send(command, p1, p2, buffer.Data.Span);
    }

    /// <summary>
    /// Moves the user from its room into another room. The client receives roster and history as after SET_ROOM,
    /// but no RESP_OK. Moves of one user do not overlap: a SET_ROOM of the client waits for this move.
    /// Ignores <see cref="TPacketServerOptions.AllowRoomChange"/>. Does nothing if the connection has ended.
    /// </summary>
    /// <param name="name">The room's name. The server creates a room that does not exist.</param>
    /// <exception cref="ArgumentException">The name is invalid or too long (<see cref="TPacketServerOptions.MaxRoomNameBytes"/>).</exception>
    /// <exception cref="InvalidOperationException">The user has no nick yet, or is away.</exception>
    /// <exception cref="RoomFullException">The room is full.</exception>
    /// <exception cref="RoomStoreException">The store failed; the user stays in its room.</exception>
    ValueTask EnterRoomAsync(string name);

    /// <summary>
    /// Closes the connection: sends the queued data, then a close frame with 1008 and the reason.
    /// Also ends the user's session, even if the user is away or on another connection by then.
    /// </summary>
    /// <param name="reason">The reason for the user; truncated to 123 bytes of UTF-8.</param>
    void Disconnect(string reason);
}
