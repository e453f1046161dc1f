namespace TPacket.Server;

/// <summary>
/// Follows a room's log. The store calls one member at a time, in the log's order, on any thread. The members do not block and do not call the store. An exception reaches neither
/// whoever appends nor other subscribers: the store answers it with <see cref="OnReset"/>, and an exception of that one with <see cref="OnLost"/>.
/// </summary>
public interface IRoomSubscriber
{
    /// <summary>
    /// The subscription continues from this snapshot. Called first of all, and again when the store cannot prove that the next event follows the last one.
    /// </summary>
    void OnReset(RoomSnapshot snapshot);

    /// <summary>The next events of the log, without a gap.</summary>
    /// <param name="events">At least one; they and their data are valid until the call returns.</param>
    void OnEvents(ReadOnlySpan<RoomEvent> events);

    /// <summary>The subscription has ended, and nothing more is delivered: the store has lost the room, or this server its lease.</summary>
    void OnLost(Exception cause);
}
