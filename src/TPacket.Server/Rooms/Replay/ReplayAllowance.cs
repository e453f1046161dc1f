namespace TPacket.Server.Rooms.Replay;

/// <summary>
/// How much of what it has missed one member may be sent. The events that are read from the log and those that are held meanwhile share it, so that both together need no more memory than the bound. Thread-safe.
/// </summary>
/// <param name="events">Most events.</param>
/// <param name="bytes">Most bytes.</param>
internal sealed class ReplayAllowance(int events, int bytes)
{
    private int _events = events;
    private long _bytes = bytes;

    /// <summary>Takes one event.</summary>
    /// <returns>False when there are too many.</returns>
    public bool TryTakeEvent() => Interlocked.Decrement(ref _events) >= 0;

    /// <summary>Takes the bytes of an event.</summary>
    /// <returns>False when they are too many.</returns>
    public bool TryTakeBytes(int bytes) => Interlocked.Add(ref _bytes, -bytes) >= 0;
}
