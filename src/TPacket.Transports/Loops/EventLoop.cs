namespace TPacket.Transports.Loops;

/// <summary>The event loop of the calling thread.</summary>
internal static class EventLoop
{
    [ThreadStatic]
    private static IEventLoop? _current;

    /// <summary>The event loop that the calling thread runs; null on every other thread.</summary>
    public static IEventLoop? Current => _current;

    /// <summary>
    /// Whether the calling thread runs an event loop. Code that may block must then run on another thread, since many connections wait for this thread.
    /// </summary>
    public static bool IsCurrent => _current is not null;

    /// <summary>Marks the calling thread as the thread of <paramref name="loop"/> for the rest of its life.</summary>
    public static void Enter(IEventLoop loop) => _current = loop;
}
