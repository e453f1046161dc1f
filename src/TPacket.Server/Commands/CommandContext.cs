using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using TPacket.Protocol;

namespace TPacket.Server;

/// <summary>
/// A packet that a handler or filter is called for, and the ways to answer it. Valid until the handler's task is complete; the same object then serves the connection's
/// next packet. Not for use by several threads at a time.
/// </summary>
public abstract class CommandContext
{
    /// <summary>Who sent the packet.</summary>
    public abstract IUser User { get; }

    /// <summary>The room that the user is in, or null.</summary>
    public abstract IRoom? Room { get; }

    /// <summary>
    /// The services of this command: a scope that its filters and its handler share. It is created when it is first asked for, and disposed of after the handler, before the client's next packet.
    /// </summary>
    public abstract IServiceProvider Services { get; }

    /// <summary>The packet's header.</summary>
    public abstract PacketHeader Header { get; }

    /// <summary>The packet's data. Valid until the handler's task is complete.</summary>
    public abstract ReadOnlyMemory<byte> Data { get; }

    /// <summary>The packet's data as a text. Bytes that are no UTF-8 are replaced by U+FFFD; <see cref="TryReadText"/> refuses them.</summary>
    public string Text => Encoding.UTF8.GetString(Data.Span);

    /// <summary>The command.</summary>
    public int Command => Header.Command;

    /// <summary>Parameter 1.</summary>
    public int P1 => Header.P1;

    /// <summary>Parameter 2.</summary>
    public int P2 => Header.P2;

    /// <summary>Answers with a packet that carries the request's uid.</summary>
    /// <param name="command">RESP_OK, RESP_ERROR or a command of 10 or more; the latter only in answer to such a command, or to a client that accepts it.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="data">The data; copied.</param>
    /// <returns>False when the client does not accept the command or its connection is ending.</returns>
    public abstract bool Reply(int command, int p1 = 0, int p2 = 0, ReadOnlySpan<byte> data = default);

    /// <summary>
    /// Appends a message of the user to the log of its room, as if it had sent NEW_MSG, and answers the packet: RECEIPT where the client accepts it, RESP_ERROR where the log does not take the message.
    /// </summary>
    /// <param name="text">At most <see cref="TPacketServerOptions.MaxMessageTextBytes"/> bytes of UTF-8; copied before the call returns.</param>
    /// <returns>The message's position, or why it was not appended. Nothing is left to answer.</returns>
    /// <exception cref="ArgumentException">The text is too long or not UTF-8.</exception>
    /// <exception cref="InvalidOperationException">The handler has appended for this packet already.</exception>
    /// <exception cref="RoomStoreException">The store failed. A handler lets it through: the engine answers it with -7 or -8.</exception>
    public abstract ValueTask<AppendResult> SayAsync(ReadOnlyMemory<byte> text);

    /// <summary>
    /// Appends a packet of the user to the log of its room; it reaches each member that accepts its command. Answers as <see cref="SayAsync(ReadOnlyMemory{byte})"/> does, but leaves the answer to the handler if the
    /// condition does not hold. The packet's uid names the append where the client accepts RECEIPT, so a handler appends at most once for a packet; <see cref="IRoom"/> appends for the host, as often as it is called.
    /// </summary>
    /// <param name="command">256 or more: the application's.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="data">The data; copied before the call returns.</param>
    /// <param name="condition">The condition, which the store checks in the same step; null to append in any case.</param>
    /// <returns>
    /// The packet's position, or why it was not appended. The handler answers, or appends under another condition, if it is <see cref="AppendStatus.Conflict"/> or <see cref="AppendStatus.OutOfTime"/>.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The command is not the application's.</exception>
    /// <exception cref="InvalidOperationException">The handler has appended for this packet already.</exception>
    /// <exception cref="RoomStoreException">The store failed. A handler lets it through: the engine answers it with -7 or -8.</exception>
    public abstract ValueTask<AppendResult> BroadcastAsync(int command, int p1 = 0, int p2 = 0, ReadOnlyMemory<byte> data = default, AppendCondition? condition = null);

    /// <summary>
    /// Moves the user into a room, out of the room that it is in: the user receives RESP_OK with the request's uid, roster and history; the other members receive NEW_USER.
    /// </summary>
    /// <param name="name">The room's name, not empty.</param>
    /// <returns>False if it is unknown whether an earlier packet of the client was appended: the user stays where it is, and the packet is answered with -8.</returns>
    /// <exception cref="RoomFullException">The room has as many members as it may have.</exception>
    /// <exception cref="RoomStoreException">The store failed: the user is where it was before, and nothing was sent.</exception>
    public abstract ValueTask<bool> EnterRoomAsync(string name);

    /// <summary>Asks the nick policy for a nick. If it accepts, the user is signed in with it, or known by it from now on. Sends no reply.</summary>
    /// <param name="nick">The nick.</param>
    /// <returns>What the policy decided.</returns>
    /// <exception cref="RoomStoreException">The store failed: the user's nick has not changed, or <see cref="RoomStoreException.IsOutcomeUnknown">may change later</see>.</exception>
    public abstract ValueTask<NickDecision> SetNickAsync(string nick);

    /// <summary>Lets the client receive a range of commands. Sends no reply.</summary>
    /// <param name="first">The first command, 10 or more.</param>
    /// <param name="last">The last command, not below the first.</param>
    /// <returns>False when the client accepts 16 ranges already.</returns>
    /// <exception cref="RoomStoreException">The store of sessions failed: the client receives the commands, but perhaps not after its session was resumed.</exception>
    public abstract ValueTask<bool> AcceptCommandsAsync(int first, int last);

    /// <summary>Gives the user a session, by which it outlives its connection. Sends no reply.</summary>
    /// <param name="token">The secret by which the client resumes the session.</param>
    /// <param name="grace">How long the user may be away; zero for <see cref="TPacketServerOptions.SessionGrace"/>, and never longer than <see cref="TPacketServerOptions.MaxSessionGrace"/>.</param>
    /// <exception cref="InvalidOperationException">The user has no nick yet.</exception>
    /// <exception cref="RoomStoreException">The store of sessions failed: the user has no session.</exception>
    public abstract ValueTask<SessionDecision> BeginSessionAsync(ReadOnlyMemory<byte> token, TimeSpan grace);

    /// <summary>
    /// Has the client of this connection be the user of a session: it has that user's id, nick, accepted commands and room, and the connection that had them before is closed with 4001. Where it accepts, the reply RESUME and
    /// what the user has missed of its room are sent; nothing is left to answer.
    /// </summary>
    /// <param name="token">The secret by which the client knows the session.</param>
    /// <param name="nextToken">The secret by which it will know the session the next time.</param>
    /// <param name="position">Behind the last event of the room that the client has.</param>
    /// <param name="grace">How long the user may be away from now on; zero for as long as before.</param>
    /// <exception cref="InvalidOperationException">The client has a nick already.</exception>
    /// <exception cref="RoomStoreException">The store of sessions failed: the client has no nick still.</exception>
    public abstract ValueTask<SessionDecision> ResumeSessionAsync(ReadOnlyMemory<byte> token, ReadOnlyMemory<byte> nextToken, RoomPosition position, TimeSpan grace);

    /// <summary>Reads the packet's data as a text; answers RESP_ERROR -3 where it is none.</summary>
    /// <param name="text">The text; null where there is none.</param>
    /// <returns>False where the data is not UTF-8. Nothing is left to answer.</returns>
    public bool TryReadText([NotNullWhen(true)] out string? text)
    {
        var data = Data.Span;
        text = Utf8.IsValid(data) ? Encoding.UTF8.GetString(data) : null;
        if (text is not null)
            return true;
        ReplyError(PacketErrorCode.NotUtf8, "The data is not UTF-8.");
        return false;
    }

    /// <summary>Reads the packet's data as a value; answers RESP_ERROR -4 where it is none.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="serializer">Reads the value.</param>
    /// <param name="value">The value; null where there is none.</param>
    /// <returns>False where the data is no such value. Nothing is left to answer.</returns>
    public bool TryRead<T>(IPayloadSerializer serializer, [NotNullWhen(true)] out T? value)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        return serializer.TryDeserialize(Data, out value) || RefuseData();
    }

    /// <summary>Reads the packet's data as a value in JSON; answers RESP_ERROR -4 where it is none.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="type">The metadata of the type, as a context of the source generator has it: <c>MyJson.Default.Move</c>.</param>
    /// <param name="value">The value; null where there is none.</param>
    /// <returns>False where the data is no such value. Nothing is left to answer.</returns>
    public bool TryRead<T>(JsonTypeInfo<T> type, [NotNullWhen(true)] out T? value) => JsonPayload.TryRead(Data.Span, type, out value) || RefuseData();

    /// <summary>Reads the packet's data as a value in JSON; answers RESP_ERROR -4 where it is none.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="options">Options of System.Text.Json with a <see cref="JsonSerializerOptions.TypeInfoResolver"/>, such as those of a context of the source generator, or <see cref="JsonSerializerOptions.Web"/> where reflection is enabled.</param>
    /// <param name="value">The value; null where there is none.</param>
    /// <returns>False where the data is no such value. Nothing is left to answer.</returns>
    public bool TryRead<T>(JsonSerializerOptions options, [NotNullWhen(true)] out T? value) => TryRead(JsonPayload.TypeOf<T>(options), out value);

    /// <summary>Answers with a packet that carries a text, and the request's uid.</summary>
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

    /// <summary>Answers with a packet that carries a value, and the request's uid.</summary>
    /// <inheritdoc cref="Reply(int, int, int, ReadOnlySpan{byte})"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="serializer">Writes the value.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    public bool Reply<T>(int command, T value, IPayloadSerializer serializer, int p1 = 0, int p2 = 0)
    {
        using var buffer = PayloadBuffer.Of(value, serializer);
        return Reply(command, p1, p2, buffer.Data.Span);
    }

    /// <summary>Answers with a packet that carries a value, as JSON, and the request's uid.</summary>
    /// <inheritdoc cref="Reply(int, int, int, ReadOnlySpan{byte})"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="type">The metadata of the type, as a context of the source generator has it: <c>MyJson.Default.Move</c>.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    public bool Reply<T>(int command, T value, JsonTypeInfo<T> type, int p1 = 0, int p2 = 0)
    {
        using var buffer = PayloadBuffer.Of(value, type);
        return Reply(command, p1, p2, buffer.Data.Span);
    }

    /// <summary>Answers with a packet that carries a value, as JSON, and the request's uid.</summary>
    /// <inheritdoc cref="Reply(int, int, int, ReadOnlySpan{byte})"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="options">Options of System.Text.Json with a <see cref="JsonSerializerOptions.TypeInfoResolver"/>, such as those of a context of the source generator, or <see cref="JsonSerializerOptions.Web"/> where reflection is enabled.</param>
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

    /// <summary>Appends a packet of the user that carries a text to the log of its room, and answers the user's.</summary>
    /// <inheritdoc cref="BroadcastAsync(int, int, int, ReadOnlyMemory{byte}, AppendCondition?)"/>
    /// <param name="command">The command.</param>
    /// <param name="text">The data, sent as UTF-8.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="condition">The condition, which the store checks in the same step; null to append in any case.</param>
    public ValueTask<AppendResult> BroadcastAsync(int command, string text, int p1 = 0, int p2 = 0, AppendCondition? condition = null)
    {
        using var buffer = PayloadBuffer.Of(text);
        return BroadcastAsync(command, p1, p2, buffer.Data, condition);
    }

    /// <summary>Appends a packet of the user that carries a value to the log of its room, and answers the user's.</summary>
    /// <inheritdoc cref="BroadcastAsync(int, int, int, ReadOnlyMemory{byte}, AppendCondition?)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="serializer">Writes the value.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="condition">The condition, which the store checks in the same step; null to append in any case.</param>
    public ValueTask<AppendResult> BroadcastAsync<T>(int command, T value, IPayloadSerializer serializer, int p1 = 0, int p2 = 0, AppendCondition? condition = null)
    {
        using var buffer = PayloadBuffer.Of(value, serializer);
        return BroadcastAsync(command, p1, p2, buffer.Data, condition);
    }

    /// <summary>Appends a packet of the user that carries a value, as JSON to the log of its room, and answers the user's.</summary>
    /// <inheritdoc cref="BroadcastAsync(int, int, int, ReadOnlyMemory{byte}, AppendCondition?)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="type">The metadata of the type, as a context of the source generator has it: <c>MyJson.Default.Move</c>.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="condition">The condition, which the store checks in the same step; null to append in any case.</param>
    public ValueTask<AppendResult> BroadcastAsync<T>(int command, T value, JsonTypeInfo<T> type, int p1 = 0, int p2 = 0, AppendCondition? condition = null)
    {
        using var buffer = PayloadBuffer.Of(value, type);
        return BroadcastAsync(command, p1, p2, buffer.Data, condition);
    }

    /// <summary>Appends a packet of the user that carries a value, as JSON to the log of its room, and answers the user's.</summary>
    /// <inheritdoc cref="BroadcastAsync(int, int, int, ReadOnlyMemory{byte}, AppendCondition?)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="options">Options of System.Text.Json with a <see cref="JsonSerializerOptions.TypeInfoResolver"/>, such as those of a context of the source generator, or <see cref="JsonSerializerOptions.Web"/> where reflection is enabled.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="condition">The condition, which the store checks in the same step; null to append in any case.</param>
    public ValueTask<AppendResult> BroadcastAsync<T>(int command, T value, JsonSerializerOptions options, int p1 = 0, int p2 = 0, AppendCondition? condition = null)
    {
        using var buffer = PayloadBuffer.Of(value, options);
        return BroadcastAsync(command, p1, p2, buffer.Data, condition);
    }

    /// <summary>Answers RESP_OK.</summary>
    public bool ReplyOk() => Reply((int)PacketCommand.RespOk);

    /// <summary>Answers RESP_ERROR.</summary>
    /// <param name="code">Negative; an application's own are -1000 and below.</param>
    /// <param name="text">A short English sentence for people; cut at 255 bytes of UTF-8.</param>
    public bool ReplyError(PacketErrorCode code, string text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((int)code, 0, nameof(code));
        Span<byte> utf8 = stackalloc byte[255];
        Utf8.FromUtf16(text, utf8, out _, out var length);
        return Reply((int)PacketCommand.RespError, (int)code, 0, utf8[..length]);
    }

    private bool RefuseData()
    {
        ReplyError(PacketErrorCode.InvalidArgument, "The data is not what the command takes.");
        return false;
    }
}
