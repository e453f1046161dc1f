namespace TPacket.Server;

/// <summary>
/// Receives the events of a room's log. The store calls one member at a time, in the order of the log, on any thread.
/// The members do not block and do not call the store. The store must not pass an exception of a subscriber to appending callers
/// or other subscribers: it calls <see cref="OnReset"/> instead, and <see cref="OnLost"/> if <see cref="OnReset"/> throws as well.
/// </summary>
public interface IRoomSubscriber
{
    /// <summary>
    /// Continues the subscription from a snapshot. The store calls the method first,
    /// and again when it cannot prove that the next event follows the last delivered event.
    /// </summary>
    /// <param name="snapshot">The snapshot. It belongs to the subscriber.</param>
    void OnReset(RoomSnapshot snapshot);

    /// <summary>Receives the next events of the log, without a gap.</summary>
    /// <param name="events">The events, at least one. The events and their data are valid until the call returns.</param>
    void OnEvents(ReadOnlySpan<RoomEvent> events);

    /// <summary>Ends the subscription: the store has lost the room, or this server has lost its lease. The store makes no further call.</summary>
    /// <param name="cause">The exception that describes the loss, for the log.</param>
    void OnLost(Exception cause);
}
