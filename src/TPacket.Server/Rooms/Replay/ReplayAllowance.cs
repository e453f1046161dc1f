namespace TPacket.Server.Rooms.Replay;

/// <summary>
/// The limit of one member's replay. The events that the server reads from the log and the events that it holds meanwhile share the limit. Thread-safe.
/// </summary>
/// <param name="events">The largest number of events.</param>
/// <param name="bytes">The largest number of bytes.</param>
internal sealed class ReplayAllowance(int events, int bytes)
{
    private int _events = events;
    private long _bytes = bytes;

    /// <summary>Takes one event.</summary>
    /// <returns>False if the limit is exceeded.</returns>
    public bool TryTakeEvent() => Interlocked.Decrement(ref _events) >= 0;

    /// <summary>Takes the bytes of an event.</summary>
    /// <returns>False if the limit is exceeded.</returns>
    public bool TryTakeBytes(int bytes) => Interlocked.Add(ref _bytes, -bytes) >= 0;
}
