namespace TPacket.Server;

/// <summary>
/// Receives the events of all rooms on this server; registered by <c>AddRoomObserver</c>. The server calls an observer on the thread pool, one call at a time for each room, in the order of the room's log. It does not block
/// the room. When a room is closed and another room of its name is opened, the observer receives the closing first.
/// </summary>
/// <remarks>
/// The server logs an exception of an observer and continues with the next event. It logs a call that takes longer than <see cref="TPacketServerOptions.ObserverTimeout"/> and makes the next call, which may overlap the first.
/// At most <see cref="TPacketServerOptions.ObserverQueueEvents"/> events of a room are queued for an observer; the server drops further events and calls <see cref="OnMissedAsync"/>. The server does not wait for observers when it stops.
/// </remarks>
public interface IRoomObserver
{
    /// <summary>Called when the room is opened on this server: for its first member here, or for a <see cref="RoomHandle"/>.</summary>
    ValueTask OnOpenedAsync(IRoom room) => default;

    /// <summary>
    /// Called for each event of the room's log, also for events of members on other servers. The default implementation calls <see cref="OnEnteredAsync"/> and <see cref="OnLeftAsync"/>; implement this member to
    /// receive every event.
    /// </summary>
    /// <param name="room">The room. Its state may be newer than the event.</param>
    /// <param name="roomEvent">The event. The observer may keep its data.</param>
    ValueTask OnEventAsync(IRoom room, RoomEvent roomEvent) => roomEvent.Kind switch
    {
        RoomEventKind.Joined => OnEnteredAsync(room, roomEvent.Member!),
        RoomEventKind.Left => OnLeftAsync(room, roomEvent.Member!, roomEvent.Cause),
        _ => default,
    };

    /// <summary>Called when a user has entered the room.</summary>
    ValueTask OnEnteredAsync(IRoom room, RoomMember member) => default;

    /// <summary>Called when a user has left the room.</summary>
    ValueTask OnLeftAsync(IRoom room, RoomMember member, LeaveCause cause) => default;

    /// <summary>
    /// Called when events were dropped because the queue was full, or skipped because the store continues from a snapshot. <see cref="IRoom.Members"/> has the current members. The missed events may include closings and
    /// openings, so <paramref name="room"/> may be another instance of the same name.
    /// </summary>
    ValueTask OnMissedAsync(IRoom room) => default;

    /// <summary>Called when the room is closed on this server, after its last event.</summary>
    ValueTask OnClosedAsync(IRoom room) => default;
}
