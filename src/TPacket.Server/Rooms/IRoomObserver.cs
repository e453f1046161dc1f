namespace TPacket.Server;

/// <summary>
/// Hears what happens in the rooms of this server; registered by <c>AddRoomObserver</c>. Every room is told in the order of its log, one call at a time, on the thread pool; rooms do not wait for each other, and nobody in a room waits
/// for an observer. Also rooms of one name that follow each other are told in order: the one is closed before the next is opened.
/// </summary>
/// <remarks>
/// An exception is logged, and the next event is told. A call that takes longer than <see cref="TPacketServerOptions.ObserverTimeout"/> is logged and not waited for any longer, so that the next call may come beside it. Where more than
/// <see cref="TPacketServerOptions.ObserverQueueEvents"/> events of a room wait, those that follow are left out, and <see cref="OnMissedAsync"/> says so. A server that stops does not wait for observers.
/// </remarks>
public interface IRoomObserver
{
    /// <summary>The room was opened on this server: for its first member here, or for a <see cref="RoomHandle"/>.</summary>
    ValueTask OnOpenedAsync(IRoom room) => default;

    /// <summary>An event of the room's log, of a member on whichever server. Hands joins and leaves to <see cref="OnEnteredAsync"/> and <see cref="OnLeftAsync"/>; replace it to hear every event.</summary>
    /// <param name="room">The room; it may be further than the event.</param>
    /// <param name="roomEvent">The event; its data may be kept.</param>
    ValueTask OnEventAsync(IRoom room, RoomEvent roomEvent) => roomEvent.Kind switch
    {
        RoomEventKind.Joined => OnEnteredAsync(room, roomEvent.Member!),
        RoomEventKind.Left => OnLeftAsync(room, roomEvent.Member!, roomEvent.Cause),
        _ => default,
    };

    /// <summary>A user has entered the room.</summary>
    ValueTask OnEnteredAsync(IRoom room, RoomMember member) => default;

    /// <summary>A user has left the room.</summary>
    ValueTask OnLeftAsync(IRoom room, RoomMember member, LeaveCause cause) => default;

    /// <summary>
    /// Events were left out: because too many waited, or because the store continues from a snapshot. <see cref="IRoom.Members"/> says who is in the room now. Openings and closings may be among the events, so that the room may be another
    /// one of the same name.
    /// </summary>
    ValueTask OnMissedAsync(IRoom room) => default;

    /// <summary>The room was closed on this server. Nothing more is told of it.</summary>
    ValueTask OnClosedAsync(IRoom room) => default;
}
