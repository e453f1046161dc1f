namespace TPacket.Transports;

/// <summary>Tells whether a thread belongs to an event loop, which many connections depend on.</summary>
public static class EventLoop
{
    [ThreadStatic]
    private static bool _isCurrent;

    /// <summary>Whether the calling thread is an event loop's: code that may block has to run elsewhere.</summary>
    public static bool IsCurrent => _isCurrent;

    /// <summary>Marks the calling thread as an event loop's, for as long as it lives.</summary>
    internal static void Enter() => _isCurrent = true;
}
