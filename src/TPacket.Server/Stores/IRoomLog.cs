namespace TPacket.Server;

/// <summary>
/// A room's log: an ordered list of events, and what follows from it, the roster and the history. Its members may be called at the same time; the log puts what they
/// append in an order that is the same for every subscriber. Whatever appends completes after the own subscriber was told.
/// </summary>
public interface IRoomLog : IAsyncDisposable
{
    /// <summary>Appends an event that is no join and no leave.</summary>
    /// <param name="roomEvent">The event; its data is valid until the task completes.</param>
    /// <param name="expectedOffset">Append only if this is the offset that the event will get: nothing came between.</param>
    /// <param name="cancellationToken">Ends the wait; the event may have been appended.</param>
    /// <returns>The event's offset, or null when it was not the expected one and nothing was appended.</returns>
    ValueTask<long?> AppendAsync(RoomEvent roomEvent, long? expectedOffset, CancellationToken cancellationToken);

    /// <summary>Appends a join and takes the snapshot right after it, as one step.</summary>
    /// <param name="member">Who comes; not in the room yet.</param>
    /// <param name="cancellationToken">Ends the wait; the member may have joined.</param>
    ValueTask<RoomSnapshot> JoinAsync(RoomMember member, CancellationToken cancellationToken);

    /// <summary>Appends a leave, if the member is there.</summary>
    /// <param name="memberId">Who goes.</param>
    /// <param name="cancellationToken">Ends the wait; the member may have left.</param>
    ValueTask LeaveAsync(int memberId, CancellationToken cancellationToken);

    /// <summary>Reads events that are still kept.</summary>
    /// <param name="fromOffset">The first that is wanted.</param>
    /// <param name="maxEvents">Most events to return, at least 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<RoomPage> ReadAsync(long fromOffset, int maxEvents, CancellationToken cancellationToken);
}
