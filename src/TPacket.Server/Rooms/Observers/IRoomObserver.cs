namespace TPacket.Server;

/// <summary>
/// Receives the events of all rooms on this server; registered by <c>AddRoomObserver</c>. The server calls an observer on the thread pool,
/// one call at a time for each room name, in the order of the room's log. The room does not wait for the observer. If a room is closed
/// and a room with the same name is opened, <see cref="OnClosedAsync"/> of the first room precedes <see cref="OnOpenedAsync"/> of the second.
/// </summary>
/// <remarks>
/// The server logs an exception of an observer and continues with the next event. If a call takes longer than
/// <see cref="TPacketServerOptions.ObserverTimeout"/>, the server logs that and makes the next call, which may overlap the first.
/// At most <see cref="TPacketServerOptions.ObserverQueueEvents"/> events of a room are queued for an observer;
/// the server drops further events and calls <see cref="OnMissedAsync"/>. The server does not wait for observers when it stops.
/// </remarks>
public interface IRoomObserver
{
    /// <summary>Called when the room is opened on this server: for its first member here, or for a <see cref="RoomHandle"/>.</summary>
    ValueTask OnOpenedAsync(IRoom room) => default;

    /// <summary>
    /// Called for each event of the room's log, including events of members on other servers. The default implementation
    /// calls <see cref="OnEnteredAsync"/> and <see cref="OnLeftAsync"/>; implement this method to receive every event.
    /// </summary>
    /// <param name="room">The room. Its state may be newer than the event.</param>
    /// <param name="roomEvent">The event. The observer may keep its data, which is a copy.</param>
    ValueTask OnEventAsync(IRoom room, RoomEvent roomEvent) => roomEvent.Kind switch
    {
        RoomEventKind.Joined => OnEnteredAsync(room, roomEvent.Member!),
        RoomEventKind.Left => OnLeftAsync(room, roomEvent.Member!, roomEvent.Cause),
        _ => default,
    };

    /// <summary>Called when a user has entered the room, on any server.</summary>
    ValueTask OnEnteredAsync(IRoom room, RoomMember member) => default;

    /// <summary>Called when a user has left the room, on any server.</summary>
    ValueTask OnLeftAsync(IRoom room, RoomMember member, LeaveCause cause) => default;

    /// <summary>
    /// Called when the observer has missed events: its queue was full, or the store continues from a snapshot. <see cref="IRoom.Members"/> has
    /// the current members. The room may have closed and opened again meanwhile, so <paramref name="room"/> may be another object with the same name.
    /// </summary>
    ValueTask OnMissedAsync(IRoom room) => default;

    /// <summary>Called when the room is closed on this server, after its last event.</summary>
    ValueTask OnClosedAsync(IRoom room) => default;
}
