namespace TPacket.Client.Requests;

/// <summary>Counts the uids of a client's packets, which rise across connections. Thread-safe.</summary>
internal sealed class UidCounter
{
    /// <summary>The first uid, as in old clients.</summary>
    public const int First = 0x1000;

    private readonly Lock _gate = new();
    private int _last = First - 1;

    /// <summary>Returns the next uid. Starts over after the largest number.</summary>
    public int Next()
    {
        lock (_gate)
            return _last = _last < int.MaxValue ? _last + 1 : First;
    }
}
