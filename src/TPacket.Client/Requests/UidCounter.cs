namespace TPacket.Client.Requests;

/// <summary>The uids of a client's packets: they rise, also from one connection to the next. Thread-safe.</summary>
internal sealed class UidCounter
{
    /// <summary>Old clients count from here, too.</summary>
    public const int First = 0x1000;

    private readonly Lock _gate = new();
    private int _last = First - 1;

    /// <summary>The next uid; begins anew when the largest number has been given.</summary>
    public int Next()
    {
        lock (_gate)
            return _last = _last < int.MaxValue ? _last + 1 : First;
    }
}
