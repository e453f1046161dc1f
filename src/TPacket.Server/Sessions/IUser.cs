using System.Net;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TPacket.Server;

/// <summary>
/// A user: a client with an open connection, or a client that has lost its connection and may resume its session. Thread-safe. An object stands for one connection. A resumed user is another object with the same id;
/// calls of the earlier object have no effect, except <see cref="Disconnect"/>.
/// </summary>
public interface IUser
{
    /// <summary>The id that other clients see: 0x1000 or more; 0 before the client has asked for its first nick.</summary>
    int Id { get; }

    /// <summary>The nick; empty before a nick was accepted.</summary>
    string Nick { get; }

    /// <summary>The room of the user; null for none.</summary>
    IRoom? Room { get; }

    /// <summary>The client's address; null where the transport has none.</summary>
    EndPoint? RemoteEndPoint { get; }

    /// <summary>The principal that the handshake policy (<see cref="HandshakeDecision.WithPrincipal"/>) or the HTTP server has authenticated; null for none, and while the user is away.</summary>
    ClaimsPrincipal? Principal => null;

    /// <summary>
    /// The application's state of the user: one value of each type. It lives as long as the connection. If the user has a session, it lives as long as the session on this
    /// server: it is the same object while the user is away and after it has resumed. It is empty after a restart, and after a resumption on another server.
    /// </summary>
    ItemCollection Items { get; }

    /// <summary>Whether the user has no connection and may resume its session. It receives no packets and cannot be moved.</summary>
    bool IsAway => false;

    /// <summary>Cancelled when the connection has ended.</summary>
    CancellationToken Disconnected { get; }

    /// <summary>Whether the client receives a command: a command of the original protocol, or one that the client has accepted.</summary>
    bool Accepts(int command);

    /// <summary>
    /// Sends a packet unasked. Does not wait for the client. A client that is resuming its session receives the packet after the reply to RESUME and the events that it has missed.
    /// </summary>
    /// <returns>
    /// False when the client does not accept the command, when its connection is closing, or when the packets that wait for its resumption exceed <see cref="TPacketServerOptions.OutboundQueuePackets"/> or
    /// <see cref="TPacketServerOptions.OutboundQueueBytes"/>.
    /// </returns>
    bool Send(int command, int p1 = 0, int p2 = 0, ReadOnlySpan<byte> data = default);

    /// <summary>Sends a packet unasked with a text as its data.</summary>
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

    /// <summary>Sends a packet unasked with a value as its data.</summary>
    /// <inheritdoc cref="Send(int, int, int, ReadOnlySpan{byte})"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="serializer">Writes the value.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    bool Send<T>(int command, T value, IPayloadSerializer serializer, int p1 = 0, int p2 = 0)
    {
        using var buffer = PayloadBuffer.Of(value, serializer);
        return Send(command, p1, p2, buffer.Data.Span);
    }

    /// <summary>Sends a packet unasked with a value as JSON data.</summary>
    /// <inheritdoc cref="Send(int, int, int, ReadOnlySpan{byte})"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="type">The metadata of the type from a context of the source generator: <c>MyJson.Default.Move</c>.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    bool Send<T>(int command, T value, JsonTypeInfo<T> type, int p1 = 0, int p2 = 0)
    {
        using var buffer = PayloadBuffer.Of(value, type);
        return Send(command, p1, p2, buffer.Data.Span);
    }

    /// <summary>Sends a packet unasked with a value as JSON data.</summary>
    /// <inheritdoc cref="Send(int, int, int, ReadOnlySpan{byte})"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="options">Options of System.Text.Json with a <see cref="JsonSerializerOptions.TypeInfoResolver"/>, such as the options of a context of the source generator, or <see cref="JsonSerializerOptions.Web"/> where reflection is enabled.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    bool Send<T>(int command, T value, JsonSerializerOptions options, int p1 = 0, int p2 = 0)
    {
        using var buffer = PayloadBuffer.Of(value, options);
        return Send(command, p1, p2, buffer.Data.Span);
    }

    /// <summary>
    /// Moves the user from its room into another room. The client receives roster and history as after SET_ROOM, but no RESP_OK. Moves of one user do not overlap: a SET_ROOM of the client waits for this move.
    /// Ignores <see cref="TPacketServerOptions.AllowRoomChange"/>. Does nothing if the user has left.
    /// </summary>
    /// <param name="name">The room's name. The server creates a room that does not exist.</param>
    /// <exception cref="ArgumentException">A room cannot have this name.</exception>
    /// <exception cref="InvalidOperationException">The user has no nick yet, or it is away.</exception>
    /// <exception cref="RoomFullException">The room is full.</exception>
    /// <exception cref="RoomStoreException">The store failed; the user stays in its room.</exception>
    ValueTask EnterRoomAsync(string name);

    /// <summary>Closes the connection: sends the queued data, then a close frame with 1008 and the reason. Ends the user's session as well, even if the user is on another connection by then, or away.</summary>
    /// <param name="reason">A text for people; cut at 123 bytes of UTF-8.</param>
    void Disconnect(string reason);
}
