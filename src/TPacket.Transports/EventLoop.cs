namespace TPacket.Transports;

/// <summary>Says whether a thread belongs to an event loop, which many connections depend on, and to which one.</summary>
internal static class EventLoop
{
    [ThreadStatic]
    private static IEventLoop? _current;

    /// <summary>The event loop of the calling thread; null on any other thread.</summary>
    public static IEventLoop? Current => _current;

    /// <summary>Whether the calling thread is an event loop's: code that may block has to run elsewhere.</summary>
    public static bool IsCurrent => _current is not null;

    /// <summary>Marks the calling thread as an event loop's, for as long as it lives.</summary>
    public static void Enter(IEventLoop loop) => _current = loop;
}
