using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TPacket.Server.Payloads;

namespace TPacket.Server;

/// <summary>
/// A room on this server. It is open while it has members on this server or the application holds a <see cref="RoomHandle"/>.
/// Appends to a closed room return <see cref="AppendStatus.Closed"/>. Thread-safe.
/// </summary>
/// <remarks>
/// Every method that appends or reads throws a <see cref="RoomStoreException"/> if the store
/// fails or does not answer within <see cref="TPacketServerOptions.StoreTimeout"/>.
/// </remarks>
public interface IRoom
{
    /// <summary>The room's name.</summary>
    string Name { get; }

    /// <summary>The number of members, including members on other servers and members that are away.</summary>
    int MemberCount { get; }

    /// <summary>
    /// The time for which a member of this room may be away on this server. It replaces the grace that the server has granted to the member's client; null for
    /// that grace. The application sets it when the room is opened (<see cref="IRoomObserver.OnOpenedAsync"/>); the server reads it when a connection drops.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    TimeSpan? SessionGrace { get; set; }

    /// <summary>
    /// The maximum number of members when a user enters through this server. Members on other servers and members that are away count.
    /// Null for <see cref="TPacketServerOptions.MaxRoomMembers"/>. The store checks the limit atomically with the append of the join, so servers with the same
    /// limit never exceed it together. A limit below the number of members removes no member. The limit is lost when the room is closed on this server.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    int? MaxMembers { get; set; }

    /// <summary>The members of the room according to the log, including members on other servers and members that are away; a copy.</summary>
    IReadOnlyList<RoomMember> Members { get; }

    /// <summary>
    /// Returns the user of a member, with principal, address and items; the application can send packets to a user.
    /// Null if the member is on another server or has left. <see cref="RoomMember"/> has only the data of the log, which is the same on every server.
    /// </summary>
    /// <param name="member">The member, from <see cref="Members"/> or an event.</param>
    IUser? FindUser(RoomMember member);

    /// <summary>The users of the members whose connections are on this server, including users that are away here; a copy.</summary>
    IReadOnlyList<IUser> Users => [.. Members.Select(FindUser).OfType<IUser>()];

    /// <summary>
    /// The application's state of the room: one value of each type. Each server has its own items, which live while the room is open there;
    /// no store keeps them. State that members see belongs in <see cref="RoomRules{TState, TCommand, TEvent}"/>.
    /// </summary>
    ItemCollection Items { get; }

    /// <summary>The position after the last event that this server has read from the log.</summary>
    RoomPosition Position { get; }

    /// <summary>Returns the offset and check of the last event of a stream that this server has read, for an <see cref="AppendCondition"/>.</summary>
    /// <param name="stream">The stream.</param>
    StreamHead HeadOf(RoomStream stream);

    /// <summary>
    /// Appends a packet to the room's log; the room delivers it to each member that accepts its command.
    /// The call does not take the room's turn, so a handler of any room may make it.
    /// </summary>
    /// <param name="command">A command of the application: 256 or more.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="data">The data; copied before the call returns.</param>
    /// <param name="condition">The condition, which the store checks atomically with the append; null to append unconditionally.</param>
    /// <returns>The packet's position, or the reason why it was not appended.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The command is less than 256.</exception>
    /// <exception cref="RoomStoreException">The store failed.</exception>
    ValueTask<AppendResult> BroadcastAsync(int command, int p1 = 0, int p2 = 0, ReadOnlyMemory<byte> data = default, AppendCondition? condition = null);

    /// <summary>Appends a packet with a text to the room's log.</summary>
    /// <inheritdoc cref="BroadcastAsync(int, int, int, ReadOnlyMemory{byte}, AppendCondition?)"/>
    /// <param name="command">The command.</param>
    /// <param name="text">The data, sent as UTF-8.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="condition">The condition, which the store checks atomically with the append; null to append unconditionally.</param>
    ValueTask<AppendResult> BroadcastAsync(int command, string text, int p1 = 0, int p2 = 0, AppendCondition? condition = null)
    {
        using var buffer = PayloadBuffer.Of(text);
        return BroadcastAsync(command, p1, p2, buffer.Data, condition);
    }

    /// <summary>Appends a packet with a serialized value to the room's log.</summary>
    /// <inheritdoc cref="BroadcastAsync(int, int, int, ReadOnlyMemory{byte}, AppendCondition?)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="serializer">Serializes the value.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="condition">The condition, which the store checks atomically with the append; null to append unconditionally.</param>
    ValueTask<AppendResult> BroadcastAsync<T>(int command, T value, IPayloadSerializer serializer, int p1 = 0, int p2 = 0, AppendCondition? condition = null)
    {
        using var buffer = PayloadBuffer.Of(value, serializer);
        return BroadcastAsync(command, p1, p2, buffer.Data, condition);
    }

    /// <summary>Appends a packet with a value as JSON to the room's log.</summary>
    /// <inheritdoc cref="BroadcastAsync(int, int, int, ReadOnlyMemory{byte}, AppendCondition?)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="type">The metadata of the type from a source-generated context, such as <c>MyJson.Default.Move</c>.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="condition">The condition, which the store checks atomically with the append; null to append unconditionally.</param>
    ValueTask<AppendResult> BroadcastAsync<T>(int command, T value, JsonTypeInfo<T> type, int p1 = 0, int p2 = 0, AppendCondition? condition = null)
    {
        using var buffer = PayloadBuffer.Of(value, type);
        return BroadcastAsync(command, p1, p2, buffer.Data, condition);
    }

    /// <summary>Appends a packet with a value as JSON to the room's log.</summary>
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
    ValueTask<AppendResult> BroadcastAsync<T>(int command, T value, JsonSerializerOptions options, int p1 = 0, int p2 = 0, AppendCondition? condition = null)
    {
        using var buffer = PayloadBuffer.Of(value, options);
        return BroadcastAsync(command, p1, p2, buffer.Data, condition);
    }

    /// <summary>Appends a message of a member, as if it had sent NEW_MSG.</summary>
    /// <param name="sender">A member of this room on this server.</param>
    /// <param name="text">At most <see cref="TPacketServerOptions.MaxMessageTextBytes"/> bytes of UTF-8; copied before the call returns.</param>
    /// <returns>The message's position, or the reason why it was not appended.</returns>
    /// <exception cref="ArgumentException">The text is too long or not UTF-8, or the sender is not in this room.</exception>
    /// <exception cref="RoomStoreException">The store failed.</exception>
    ValueTask<AppendResult> SayAsync(IUser sender, ReadOnlyMemory<byte> text);

    /// <summary>Appends a message of a member, as if it had sent NEW_MSG.</summary>
    /// <inheritdoc cref="SayAsync(IUser, ReadOnlyMemory{byte})"/>
    /// <param name="sender">A member of this room on this server.</param>
    /// <param name="text">The text, at most <see cref="TPacketServerOptions.MaxMessageTextBytes"/> bytes of UTF-8.</param>
    ValueTask<AppendResult> SayAsync(IUser sender, string text)
    {
        using var buffer = PayloadBuffer.Of(text);
        return SayAsync(sender, buffer.Data);
    }

    /// <summary>Appends an announcement of the host. Every member receives it as LOGGED_MSG, without a user id.</summary>
    /// <param name="text">The text; truncated to <see cref="TPacketServerOptions.MaxLoggedMessageBytes"/> bytes of UTF-8.</param>
    /// <returns>The announcement's position, or the reason why it was not appended.</returns>
    /// <exception cref="RoomStoreException">The store failed.</exception>
    ValueTask<AppendResult> AnnounceAsync(string text);

    /// <summary>
    /// Deletes a message or an announcement from the room's log: later joins, resumptions and reads
    /// of the log do not return its text. Members on all servers who accept DELETE_MSG receive a DELETE_MSG.
    /// </summary>
    /// <param name="offset">The offset of the message or announcement.</param>
    /// <returns>The position of the deletion; <see cref="AppendStatus.NotFound"/> if the log has no message or announcement at the offset.</returns>
    /// <exception cref="RoomStoreException">The store failed.</exception>
    ValueTask<AppendResult> DeleteAsync(long offset);

    /// <summary>
    /// Removes a member from the room. The member's connection may be on any server.
    /// All members, including the removed one, receive DEL_USER. The user stays connected and may enter a room again.
    /// </summary>
    /// <param name="member">The member, from <see cref="Members"/> or an event.</param>
    /// <returns>The position of the leave; <see cref="AppendStatus.Fenced"/> if this session of the user is not a member.</returns>
    /// <exception cref="RoomStoreException">The store failed.</exception>
    ValueTask<AppendResult> RemoveAsync(RoomMember member);

    /// <summary>
    /// Returns the state of the room's <see cref="RoomRules{TState, TCommand, TEvent}">rules</see> after the last event that this server has read.
    /// </summary>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <param name="state">The state; immutable, because the rules are pure. Null if the method returns false.</param>
    /// <returns>False if the room has no rules, its state is of another type, the room is not open, or the state is being recomputed.</returns>
    bool TryGetState<TState>([MaybeNullWhen(false)] out TState state)
        where TState : class;

    /// <summary>
    /// Runs work in the room's turn: on this server, no handler in the scope of the room and no other
    /// work of this method runs at the same time. Members can enter, leave and send messages meanwhile.
    /// </summary>
    /// <param name="work">The work. It may block its thread, because it does not run on an event loop.</param>
    /// <returns>Completes with the work, and throws its exception.</returns>
    /// <exception cref="InvalidOperationException">The caller has a turn of a room already.</exception>
    /// <exception cref="TimeoutException">The turn was not free within <see cref="TPacketServerOptions.TurnTimeout"/>; the work did not run.</exception>
    ValueTask RunInTurnAsync(Func<IRoom, ValueTask> work);

    /// <summary>Reads from the room's log.</summary>
    /// <inheritdoc cref="IRoomLog.ReadAsync"/>
    /// <exception cref="RoomStoreException">The store failed.</exception>
    ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken);
}
