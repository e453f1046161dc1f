namespace TPacket.Transports;

/// <summary>The event loop of the calling thread.</summary>
internal static class EventLoop
{
    [ThreadStatic]
    private static IEventLoop? _current;

    /// <summary>The event loop whose thread calls; null on a thread that is no event loop's.</summary>
    public static IEventLoop? Current => _current;

    /// <summary>Whether the calling thread is an event loop's. Code that may block must then run on another thread, since many connections wait for this one.</summary>
    public static bool IsCurrent => _current is not null;

    /// <summary>Marks the calling thread as the thread of <paramref name="loop"/> for the rest of its life.</summary>
    public static void Enter(IEventLoop loop) => _current = loop;
}
