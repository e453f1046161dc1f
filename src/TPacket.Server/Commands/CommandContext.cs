using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using TPacket.Protocol;
using TPacket.Server.Payloads;

namespace TPacket.Server;

/// <summary>
/// The packet that a handler or filter handles, and the methods to answer it.
/// Valid until the handler's task completes; the connection then reuses the object for its next packet. Not thread-safe.
/// </summary>
public abstract class CommandContext
{
    /// <summary>The sender of the packet.</summary>
    public abstract IUser User { get; }

    /// <summary>The room that the user is in; null if it is in no room.</summary>
    public abstract IRoom? Room { get; }

    /// <summary>
    /// The scoped services of this packet, shared by its filters and its handler.
    /// The scope is created on first use, and disposed of after the handler and before the client's next packet.
    /// </summary>
    public abstract IServiceProvider Services { get; }

    /// <summary>The packet's header.</summary>
    public abstract PacketHeader Header { get; }

    /// <summary>The packet's data. Valid until the handler's task completes.</summary>
    public abstract ReadOnlyMemory<byte> Data { get; }

    /// <summary>The packet's data as text. Invalid UTF-8 is replaced by U+FFFD; <see cref="TryReadText"/> rejects it.</summary>
    public string Text => Encoding.UTF8.GetString(Data.Span);

    /// <summary>The command.</summary>
    public int Command => Header.Command;

    /// <summary>Parameter 1.</summary>
    public int P1 => Header.P1;

    /// <summary>Parameter 2.</summary>
    public int P2 => Header.P2;

    /// <summary>Replies with a packet that carries the request's uid.</summary>
    /// <param name="command">
    /// RESP_OK, RESP_ERROR, or a command of 10 or more. The last is allowed in reply to a command of 10 or more, or if the client accepts the command.
    /// </param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="data">The data; copied.</param>
    /// <returns>True if the reply was enqueued; false if the client does not accept the command or its connection is closing.</returns>
    public abstract bool Reply(int command, int p1 = 0, int p2 = 0, ReadOnlySpan<byte> data = default);

    /// <summary>
    /// Appends a message of the user to the log of its room, as NEW_MSG does, and answers the packet:
    /// with RECEIPT if the client accepts it, or with RESP_ERROR if the log rejects the message.
    /// </summary>
    /// <param name="text">At most <see cref="TPacketServerOptions.MaxMessageTextBytes"/> bytes of UTF-8; copied before the call returns.</param>
    /// <returns>The message's position, or the reason why it was not appended. The packet is answered in both cases.</returns>
    /// <exception cref="ArgumentException">The text is too long or not UTF-8.</exception>
    /// <exception cref="InvalidOperationException">The handler has already appended for this packet.</exception>
    /// <exception cref="RoomStoreException">The store failed. Do not catch the exception in a handler: the engine answers it with -7 or -8.</exception>
    public abstract ValueTask<AppendResult> SayAsync(ReadOnlyMemory<byte> text);

    /// <summary>
    /// Appends a packet of the user to the log of its room; the room delivers it to each member that accepts its command. Answers as
    /// <see cref="SayAsync(ReadOnlyMemory{byte})"/> does, but leaves the answer to the handler if the condition does not hold. If the client accepts RECEIPT,
    /// the packet's uid identifies the append, so a handler can append only once per packet. <see cref="IRoom"/> appends for the host without this limit.
    /// </summary>
    /// <param name="command">A command of the application: 256 or more.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="data">The data; copied before the call returns.</param>
    /// <param name="condition">The condition, which the store checks atomically with the append; null to append unconditionally.</param>
    /// <returns>
    /// The packet's position, or the reason why it was not appended. For <see cref="AppendStatus.Conflict"/>
    /// and <see cref="AppendStatus.OutOfTime"/> the handler must answer, or append under another condition.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The command is less than 256.</exception>
    /// <exception cref="InvalidOperationException">The handler has already appended for this packet.</exception>
    /// <exception cref="RoomStoreException">The store failed. Do not catch the exception in a handler: the engine answers it with -7 or -8.</exception>
    public abstract ValueTask<AppendResult> BroadcastAsync(int command, int p1 = 0, int p2 = 0, ReadOnlyMemory<byte> data = default, AppendCondition? condition = null);

    /// <summary>
    /// Moves the user into a room, and out of its current room. The user receives RESP_OK with
    /// the request's uid, the roster and the history; the other members receive NEW_USER.
    /// </summary>
    /// <param name="name">The room's name, not empty.</param>
    /// <returns>
    /// True if the user has entered the room. False if it is unknown whether the store has appended an earlier
    /// packet of the client: the user stays in its current room, and the engine answers the packet with -8.
    /// </returns>
    /// <exception cref="RoomFullException">The room has its maximum number of members.</exception>
    /// <exception cref="RoomStoreException">The store failed: the user stays in its current room, and nothing was sent.</exception>
    public abstract ValueTask<bool> EnterRoomAsync(string name);

    /// <summary>
    /// Reserves a nick with the nick policy. If the policy accepts the nick, the method signs the user in, or renames a user that is signed in. Sends no reply.
    /// </summary>
    /// <param name="nick">The nick.</param>
    /// <returns>The decision of the policy.</returns>
    /// <exception cref="RoomStoreException">
    /// The store failed: the user's nick has not changed, or <see cref="RoomStoreException.IsOutcomeUnknown">may change later</see>.
    /// </exception>
    public abstract ValueTask<NickDecision> SetNickAsync(string nick);

    /// <summary>Lets the client receive a range of commands. Sends no reply.</summary>
    /// <param name="first">The first command, 10 or more.</param>
    /// <param name="last">The last command, not less than the first.</param>
    /// <returns>False if the client already accepts 16 ranges.</returns>
    /// <exception cref="RoomStoreException">The session store failed: the client receives the commands, but possibly not after it resumes its session.</exception>
    public abstract ValueTask<bool> AcceptCommandsAsync(int first, int last);

    /// <summary>Reads the packet's data as UTF-8 text; answers with RESP_ERROR -3 if it is invalid.</summary>
    /// <param name="text">The text; null if the data is invalid.</param>
    /// <returns>False if the data is not UTF-8; the packet is then answered.</returns>
    public bool TryReadText([NotNullWhen(true)] out string? text)
    {
        var data = Data.Span;
        text = Utf8.IsValid(data) ? Encoding.UTF8.GetString(data) : null;
        if (text is not null)
            return true;
        ReplyError(PacketErrorCode.NotUtf8, "The data is not UTF-8.");
        return false;
    }

    /// <summary>Deserializes the packet's data; answers with RESP_ERROR -4 if it is invalid.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="serializer">Deserializes the value.</param>
    /// <param name="value">The value; null if the data is invalid.</param>
    /// <returns>False if the data is invalid; the packet is then answered.</returns>
    public bool TryRead<T>(IPayloadSerializer serializer, [NotNullWhen(true)] out T? value)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        return serializer.TryDeserialize(Data, out value) || RefuseData();
    }

    /// <summary>Deserializes the packet's data from JSON; answers with RESP_ERROR -4 if it is invalid.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="type">The metadata of the type from a source-generated context, such as <c>MyJson.Default.Move</c>.</param>
    /// <param name="value">The value; null if the data is invalid.</param>
    /// <returns>False if the data is invalid; the packet is then answered.</returns>
    public bool TryRead<T>(JsonTypeInfo<T> type, [NotNullWhen(true)] out T? value) => JsonPayload.TryRead(Data.Span, type, out value) || RefuseData();

    /// <summary>Deserializes the packet's data from JSON; answers with RESP_ERROR -4 if it is invalid.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="options">
    /// Options with a <see cref="JsonSerializerOptions.TypeInfoResolver"/>, such as the options of a
    /// source-generated context, or <see cref="JsonSerializerOptions.Web"/> if reflection is enabled.
    /// </param>
    /// <param name="value">The value; null if the data is invalid.</param>
    /// <returns>False if the data is invalid; the packet is then answered.</returns>
    public bool TryRead<T>(JsonSerializerOptions options, [NotNullWhen(true)] out T? value) => TryRead(JsonPayload.TypeOf<T>(options), out value);

    /// <summary>Replies with a packet that carries a text and the request's uid.</summary>
    /// <inheritdoc cref="Reply(int, int, int, ReadOnlySpan{byte})"/>
    /// <param name="command">The command.</param>
    /// <param name="text">The data, sent as UTF-8.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    public bool Reply(int command, string text, int p1 = 0, int p2 = 0)
    {
        using var buffer = PayloadBuffer.Of(text);
        return Reply(command, p1, p2, buffer.Data.Span);
    }

    /// <summary>Replies with a packet that carries a serialized value and the request's uid.</summary>
    /// <inheritdoc cref="Reply(int, int, int, ReadOnlySpan{byte})"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="serializer">Serializes the value.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    public bool Reply<T>(int command, T value, IPayloadSerializer serializer, int p1 = 0, int p2 = 0)
    {
        using var buffer = PayloadBuffer.Of(value, serializer);
        return Reply(command, p1, p2, buffer.Data.Span);
    }

    /// <summary>Replies with a packet that carries a value as JSON and the request's uid.</summary>
    /// <inheritdoc cref="Reply(int, int, int, ReadOnlySpan{byte})"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="type">The metadata of the type from a source-generated context, such as <c>MyJson.Default.Move</c>.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    public bool Reply<T>(int command, T value, JsonTypeInfo<T> type, int p1 = 0, int p2 = 0)
    {
        using var buffer = PayloadBuffer.Of(value, type);
        return Reply(command, p1, p2, buffer.Data.Span);
    }

    /// <summary>Replies with a packet that carries a value as JSON and the request's uid.</summary>
    /// <inheritdoc cref="Reply(int, int, int, ReadOnlySpan{byte})"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="options">
    /// Options with a <see cref="JsonSerializerOptions.TypeInfoResolver"/>, such as the options of a
    /// source-generated context, or <see cref="JsonSerializerOptions.Web"/> if reflection is enabled.
    /// </param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    public bool Reply<T>(int command, T value, JsonSerializerOptions options, int p1 = 0, int p2 = 0)
    {
        using var buffer = PayloadBuffer.Of(value, options);
        return Reply(command, p1, p2, buffer.Data.Span);
    }

    /// <summary>Appends a message of the user to the log of its room, and answers the packet.</summary>
    /// <inheritdoc cref="SayAsync(ReadOnlyMemory{byte})"/>
    /// <param name="text">The text, at most <see cref="TPacketServerOptions.MaxMessageTextBytes"/> bytes of UTF-8.</param>
    public ValueTask<AppendResult> SayAsync(string text)
    {
        using var buffer = PayloadBuffer.Of(text);
        return SayAsync(buffer.Data);
    }

    /// <summary>Appends a packet of the user with a text to the log of its room, and answers the packet.</summary>
    /// <inheritdoc cref="BroadcastAsync(int, int, int, ReadOnlyMemory{byte}, AppendCondition?)"/>
    /// <param name="command">The command.</param>
    /// <param name="text">The data, sent as UTF-8.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="condition">The condition, which the store checks atomically with the append; null to append unconditionally.</param>
    public ValueTask<AppendResult> BroadcastAsync(int command, string text, int p1 = 0, int p2 = 0, AppendCondition? condition = null)
    {
        using var buffer = PayloadBuffer.Of(text);
        return BroadcastAsync(command, p1, p2, buffer.Data, condition);
    }

    /// <summary>Appends a packet of the user with a serialized value to the log of its room, and answers the packet.</summary>
    /// <inheritdoc cref="BroadcastAsync(int, int, int, ReadOnlyMemory{byte}, AppendCondition?)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="serializer">Serializes the value.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="condition">The condition, which the store checks atomically with the append; null to append unconditionally.</param>
    public ValueTask<AppendResult> BroadcastAsync<T>(int command, T value, IPayloadSerializer serializer, int p1 = 0, int p2 = 0, AppendCondition? condition = null)
    {
        using var buffer = PayloadBuffer.Of(value, serializer);
        return BroadcastAsync(command, p1, p2, buffer.Data, condition);
    }

    /// <summary>Appends a packet of the user with a value as JSON to the log of its room, and answers the packet.</summary>
    /// <inheritdoc cref="BroadcastAsync(int, int, int, ReadOnlyMemory{byte}, AppendCondition?)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="type">The metadata of the type from a source-generated context, such as <c>MyJson.Default.Move</c>.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="condition">The condition, which the store checks atomically with the append; null to append unconditionally.</param>
    public ValueTask<AppendResult> BroadcastAsync<T>(int command, T value, JsonTypeInfo<T> type, int p1 = 0, int p2 = 0, AppendCondition? condition = null)
    {
        using var buffer = PayloadBuffer.Of(value, type);
        return BroadcastAsync(command, p1, p2, buffer.Data, condition);
    }

    /// <summary>Appends a packet of the user with a value as JSON to the log of its room, and answers the packet.</summary>
    /// <inheritdoc cref="BroadcastAsync(int, int, int, ReadOnlyMemory{byte}, AppendCondition?)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="options">
    /// Options with a <see cref="JsonSerializerOptions.TypeInfoResolver"/>, such as the options of a
    /// source-generated context, or <see cref="JsonSerializerOptions.Web"/> if reflection is enabled.
    /// </param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="condition">The condition, which the store checks atomically with the append; null to append unconditionally.</param>
    public ValueTask<AppendResult> BroadcastAsync<T>(int command, T value, JsonSerializerOptions options, int p1 = 0, int p2 = 0, AppendCondition? condition = null)
    {
        using var buffer = PayloadBuffer.Of(value, options);
        return BroadcastAsync(command, p1, p2, buffer.Data, condition);
    }

    /// <summary>Replies with RESP_OK.</summary>
    /// <returns>True if the reply was enqueued; false if the connection is closing.</returns>
    public bool ReplyOk() => Reply((int)PacketCommand.RespOk);

    /// <summary>Replies with RESP_ERROR.</summary>
    /// <param name="code">The error code, which is negative. Codes of the application are -1000 and below.</param>
    /// <param name="text">A short English sentence for people; truncated to 255 bytes of UTF-8.</param>
    /// <returns>True if the reply was enqueued; false if the connection is closing.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The code is not negative.</exception>
    public bool ReplyError(PacketErrorCode code, string text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((int)code, 0, nameof(code));
        Span<byte> utf8 = stackalloc byte[255];
        Utf8.FromUtf16(text, utf8, out _, out var length);
        return Reply((int)PacketCommand.RespError, (int)code, 0, utf8[..length]);
    }

    private bool RefuseData()
    {
        ReplyError(PacketErrorCode.InvalidArgument, "The data is not valid for the command.");
        return false;
    }
}
