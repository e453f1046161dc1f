using System.Net;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TPacket.Server;

/// <summary>
/// A user: a client whose connection is open, or one with a session that was lost and may come back. Thread-safe. It stands for one connection: a user that is back is another object with the same id, and what is
/// asked of the earlier one has no effect, but for <see cref="Disconnect"/>.
/// </summary>
public interface IUser
{
    /// <summary>The id that others know the user by: 0x1000 or more; 0 before the first nick was asked for.</summary>
    int Id { get; }

    /// <summary>The nick; empty before one was accepted.</summary>
    string Nick { get; }

    /// <summary>The room that the user is in, or null.</summary>
    IRoom? Room { get; }

    /// <summary>The client's address, or null where the transport has none.</summary>
    EndPoint? RemoteEndPoint { get; }

    /// <summary>Who the HTTP server says it is that the client came through; null where it came through none.</summary>
    ClaimsPrincipal? Principal => null;

    /// <summary>
    /// State of the application's that belongs to the user: one value of each type. It lives as long as the connection, and with a session of the user as long as that
    /// on this server: it is the same object while the user is away and when it is back. A restart, and a resumption on another server, begin with an empty one.
    /// </summary>
    ItemCollection Items { get; }

    /// <summary>Whether the user has no connection and may come back: it receives nothing and cannot be moved.</summary>
    bool IsAway => false;

    /// <summary>Cancelled when the connection has ended.</summary>
    CancellationToken Disconnected { get; }

    /// <summary>Whether the client receives this command: one of the original protocol, or one that it asked for.</summary>
    bool Accepts(int command);

    /// <summary>
    /// Sends a packet unasked. Does not wait for the client. A client that is coming back to its session receives the packet behind the reply to RESUME and the events that it has missed.
    /// </summary>
    /// <returns>
    /// False when the client does not accept the command, its connection is ending, or more waits until it is back than <see cref="TPacketServerOptions.OutboundQueuePackets"/> and
    /// <see cref="TPacketServerOptions.OutboundQueueBytes"/> allow.
    /// </returns>
    bool Send(int command, int p1 = 0, int p2 = 0, ReadOnlySpan<byte> data = default);

    /// <summary>Sends a packet unasked that carries a text.</summary>
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

    /// <summary>Sends a packet unasked that carries a value.</summary>
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

    /// <summary>Sends a packet unasked that carries a value, as JSON.</summary>
    /// <inheritdoc cref="Send(int, int, int, ReadOnlySpan{byte})"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="type">The metadata of the type, as a context of the source generator has it: <c>MyJson.Default.Move</c>.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    bool Send<T>(int command, T value, JsonTypeInfo<T> type, int p1 = 0, int p2 = 0)
    {
        using var buffer = PayloadBuffer.Of(value, type);
        return Send(command, p1, p2, buffer.Data.Span);
    }

    /// <summary>Sends a packet unasked that carries a value, as JSON.</summary>
    /// <inheritdoc cref="Send(int, int, int, ReadOnlySpan{byte})"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="options">Options of System.Text.Json with a <see cref="JsonSerializerOptions.TypeInfoResolver"/>, such as those of a context of the source generator, or <see cref="JsonSerializerOptions.Web"/> where reflection is enabled.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    bool Send<T>(int command, T value, JsonSerializerOptions options, int p1 = 0, int p2 = 0)
    {
        using var buffer = PayloadBuffer.Of(value, options);
        return Send(command, p1, p2, buffer.Data.Span);
    }

    /// <summary>
    /// Moves the user into a room, out of the room that it is in. The client receives roster and history as after SET_ROOM, but no RESP_OK. Moves of one user do not overlap: a SET_ROOM of the client waits for this one.
    /// Ignores <see cref="TPacketServerOptions.AllowRoomChange"/>, and does nothing if the user has left.
    /// </summary>
    /// <param name="name">The room's name; a room that does not exist is created.</param>
    /// <exception cref="ArgumentException">A room cannot have this name.</exception>
    /// <exception cref="InvalidOperationException">The user has no nick yet, or it is away.</exception>
    /// <exception cref="RoomFullException">The room has as many members as it may have.</exception>
    /// <exception cref="RoomStoreException">The store failed; the user is where it was.</exception>
    ValueTask EnterRoomAsync(string name);

    /// <summary>Ends the connection: what is queued is sent, then a close frame with 1008 and the reason. A session of the user ends with it, on whatever connection it is by then, or away.</summary>
    /// <param name="reason">For people; cut at 123 bytes of UTF-8.</param>
    void Disconnect(string reason);
}
