using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TPacket.Server;

/// <summary>
/// A room. Thread-safe. It is open while it has members on this server or an application holds a <see cref="RoomHandle"/>; once it is closed, appends end with
/// <see cref="AppendStatus.Closed"/>.
/// </summary>
/// <remarks>Every member that appends or reads throws a <see cref="RoomStoreException"/> when the store fails or does not answer within <see cref="TPacketServerOptions.StoreTimeout"/>.</remarks>
public interface IRoom
{
    /// <summary>The room's name.</summary>
    string Name { get; }

    /// <summary>How many members the room has, those on other servers and those away included.</summary>
    int MemberCount { get; }

    /// <summary>
    /// How long a member of this room on this server may be away whose connection has dropped; null for what the member's client was granted. A room whose members need longer sets it when it is opened. Asked when a connection drops.
    /// </summary>
    TimeSpan? SessionGrace { get; set; }

    /// <summary>
    /// Most members that the room may have for a user to enter it through this server; those on other servers and those away count. Null for <see cref="TPacketServerOptions.MaxRoomMembers"/>. The store checks it in the step that
    /// adds the user, so servers with the same limit never exceed it together. Nobody is removed where it is set lower than the number of members. It is forgotten when the room is closed on this server.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    int? MaxMembers { get; set; }

    /// <summary>Everybody in the room, as the log says; a copy.</summary>
    IReadOnlyList<RoomMember> Members { get; }

    /// <summary>
    /// The user of a member, which has the principal, the address and the items, and can be sent to. Null where the member's connection is on another server, or the member has left: <see cref="RoomMember"/> describes
    /// a member by what the log says, which is the same on every server.
    /// </summary>
    IUser? FindUser(RoomMember member);

    /// <summary>The users of the members whose connections are on this server, and of those away; a copy.</summary>
    IReadOnlyList<IUser> Users => [.. Members.Select(FindUser).OfType<IUser>()];

    /// <summary>
    /// State of the application's that belongs to the room: one value of each type. It lives while the room is open on this server; each server has its own, and no store keeps it. State that members see belongs into
    /// <see cref="RoomRules{TState, TCommand, TEvent}"/>.
    /// </summary>
    ItemCollection Items { get; }

    /// <summary>Behind the last event that this server has read from the log.</summary>
    RoomPosition Position { get; }

    /// <summary>The last event of a stream that this server has read, for a condition.</summary>
    StreamHead HeadOf(RoomStream stream);

    /// <summary>
    /// Appends a packet to the room's log; it reaches each member that accepts its command. Takes no turn, so it may be called from a handler of any room.
    /// </summary>
    /// <param name="command">256 or more: the application's.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="data">The data; copied before the call returns.</param>
    /// <param name="condition">What has to hold, checked by the store in the same step; null to append in any case.</param>
    /// <returns>Where the packet stands in the log, or why it was not appended.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The command is not the application's.</exception>
    /// <exception cref="RoomStoreException">The store failed.</exception>
    ValueTask<AppendResult> BroadcastAsync(int command, int p1 = 0, int p2 = 0, ReadOnlyMemory<byte> data = default, AppendCondition? condition = null);

    /// <summary>Appends a packet that carries a text to the room's log.</summary>
    /// <inheritdoc cref="BroadcastAsync(int, int, int, ReadOnlyMemory{byte}, AppendCondition?)"/>
    /// <param name="command">The command.</param>
    /// <param name="text">The data, sent as UTF-8.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="condition">The condition, which the store checks in the same step; null to append in any case.</param>
    ValueTask<AppendResult> BroadcastAsync(int command, string text, int p1 = 0, int p2 = 0, AppendCondition? condition = null)
    {
        using var buffer = PayloadBuffer.Of(text);
        return BroadcastAsync(command, p1, p2, buffer.Data, condition);
    }

    /// <summary>Appends a packet that carries a value to the room's log.</summary>
    /// <inheritdoc cref="BroadcastAsync(int, int, int, ReadOnlyMemory{byte}, AppendCondition?)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="serializer">Writes the value.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="condition">The condition, which the store checks in the same step; null to append in any case.</param>
    ValueTask<AppendResult> BroadcastAsync<T>(int command, T value, IPayloadSerializer serializer, int p1 = 0, int p2 = 0, AppendCondition? condition = null)
    {
        using var buffer = PayloadBuffer.Of(value, serializer);
        return BroadcastAsync(command, p1, p2, buffer.Data, condition);
    }

    /// <summary>Appends a packet that carries a value, as JSON to the room's log.</summary>
    /// <inheritdoc cref="BroadcastAsync(int, int, int, ReadOnlyMemory{byte}, AppendCondition?)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="type">The metadata of the type, as a context of the source generator has it: <c>MyJson.Default.Move</c>.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="condition">The condition, which the store checks in the same step; null to append in any case.</param>
    ValueTask<AppendResult> BroadcastAsync<T>(int command, T value, JsonTypeInfo<T> type, int p1 = 0, int p2 = 0, AppendCondition? condition = null)
    {
        using var buffer = PayloadBuffer.Of(value, type);
        return BroadcastAsync(command, p1, p2, buffer.Data, condition);
    }

    /// <summary>Appends a packet that carries a value, as JSON to the room's log.</summary>
    /// <inheritdoc cref="BroadcastAsync(int, int, int, ReadOnlyMemory{byte}, AppendCondition?)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="command">The command.</param>
    /// <param name="value">The data.</param>
    /// <param name="options">Options of System.Text.Json with a <see cref="JsonSerializerOptions.TypeInfoResolver"/>, such as those of a context of the source generator, or <see cref="JsonSerializerOptions.Web"/> where reflection is enabled.</param>
    /// <param name="p1">Parameter 1.</param>
    /// <param name="p2">Parameter 2.</param>
    /// <param name="condition">The condition, which the store checks in the same step; null to append in any case.</param>
    ValueTask<AppendResult> BroadcastAsync<T>(int command, T value, JsonSerializerOptions options, int p1 = 0, int p2 = 0, AppendCondition? condition = null)
    {
        using var buffer = PayloadBuffer.Of(value, options);
        return BroadcastAsync(command, p1, p2, buffer.Data, condition);
    }

    /// <summary>Appends a message of one of the members, as if it had sent NEW_MSG.</summary>
    /// <param name="sender">A member of this room on this server.</param>
    /// <param name="text">At most <see cref="TPacketServerOptions.MaxMessageTextBytes"/> bytes of UTF-8; copied before the call returns.</param>
    /// <exception cref="ArgumentException">The text is too long or not UTF-8, or the sender is not in this room.</exception>
    /// <exception cref="RoomStoreException">The store failed.</exception>
    ValueTask<AppendResult> SayAsync(IUser sender, ReadOnlyMemory<byte> text);

    /// <summary>Appends a message of one of the members, as if it had sent NEW_MSG.</summary>
    /// <inheritdoc cref="SayAsync(IUser, ReadOnlyMemory{byte})"/>
    /// <param name="sender">A member of this room on this server.</param>
    /// <param name="text">The text, at most <see cref="TPacketServerOptions.MaxMessageTextBytes"/> bytes of UTF-8.</param>
    ValueTask<AppendResult> SayAsync(IUser sender, string text)
    {
        using var buffer = PayloadBuffer.Of(text);
        return SayAsync(sender, buffer.Data);
    }

    /// <summary>Appends a message of the host. It reaches every client as LOGGED_MSG, which names no user that a client would look up.</summary>
    /// <param name="text">Cut at <see cref="TPacketServerOptions.MaxLoggedMessageBytes"/> bytes of UTF-8.</param>
    /// <exception cref="RoomStoreException">The store failed.</exception>
    ValueTask<AppendResult> AnnounceAsync(string text);

    /// <summary>
    /// Deletes a message or an announcement from the room's log: nobody who enters, comes back or reads the log later receives its text. Members who have accepted DELETE_MSG are notified, on all servers.
    /// </summary>
    /// <param name="offset">The offset of the message or announcement.</param>
    /// <returns>The position of the deletion. <see cref="AppendStatus.NotFound"/> where the log has no message or announcement there, or none any more.</returns>
    /// <exception cref="RoomStoreException">The store failed.</exception>
    ValueTask<AppendResult> DeleteAsync(long offset);

    /// <summary>Removes a member from the room, whichever server its connection is on. The other members and the member itself receive DEL_USER. The member stays connected and may enter a room again.</summary>
    /// <param name="member">The member, from <see cref="Members"/> or an event.</param>
    /// <returns>The position of the leave. <see cref="AppendStatus.Fenced"/> if this session of the user is not a member.</returns>
    /// <exception cref="RoomStoreException">The store failed.</exception>
    ValueTask<AppendResult> RemoveAsync(RoomMember member);

    /// <summary>The state of the room's <see cref="RoomRules{TState, TCommand, TEvent}">rules</see> behind the last event that this server has read.</summary>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <returns>False where the room has no rules, or rules of another type, or is not open; for a moment also while the state is computed anew.</returns>
    bool TryGetState<TState>([MaybeNullWhen(false)] out TState state)
        where TState : class;

    /// <summary>
    /// Runs work in the room's turn: while it runs, no handler in the scope of the room does on this server, and no other work of this method. Members come, go and speak meanwhile.
    /// </summary>
    /// <param name="work">The work.</param>
    /// <exception cref="InvalidOperationException">The caller has a turn of a room already.</exception>
    /// <exception cref="TimeoutException">The turn was not free within <see cref="TPacketServerOptions.TurnTimeout"/>; the work did not run.</exception>
    ValueTask RunInTurnAsync(Func<IRoom, ValueTask> work);

    /// <summary>Reads from the room's log.</summary>
    /// <inheritdoc cref="IRoomLog.ReadAsync"/>
    /// <exception cref="RoomStoreException">The store failed.</exception>
    ValueTask<RoomPage> ReadAsync(RoomPosition? after, int maxEvents, CancellationToken cancellationToken);
}
