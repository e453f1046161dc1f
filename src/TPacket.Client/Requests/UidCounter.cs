namespace TPacket.Client.Requests;

/// <summary>Counts the uids of a client's packets, which rise across connections. Thread-safe.</summary>
internal sealed class UidCounter
{
    /// <summary>The first uid. Clients of the original protocol use the same number.</summary>
    public const int First = 0x1000;

    private readonly Lock _gate = new();
    private int _last = First - 1;

    /// <summary>Returns the next uid; after 2^31 - 1, the first one again.</summary>
    public int Next()
    {
        lock (_gate)
            return _last = _last < int.MaxValue ? _last + 1 : First;
    }
}
