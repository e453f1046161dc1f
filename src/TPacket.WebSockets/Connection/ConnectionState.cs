namespace TPacket.WebSockets.Connection;

/// <summary>Where a connection stands, and how its end began. Changed by any thread; a field that is not copied.</summary>
internal struct ConnectionState
{
    private int _phase;
    private int _cause;
    private CloseStatus _status;
    private string? _reason;

    public readonly ConnectionPhase Phase => (ConnectionPhase)Volatile.Read(in _phase);

    /// <summary>How the end began.</summary>
    public readonly ConnectionEnd End => new((EndCause)_cause, _status, _reason ?? "");

    /// <summary>Records how the end began; what comes later is its consequence.</summary>
    public void SetEnd(EndCause cause, CloseStatus status, string reason)
    {
        if (Interlocked.CompareExchange(ref _cause, (int)cause, (int)EndCause.None) != (int)EndCause.None)
            return;
        _status = status;
        _reason = reason;
    }

    /// <summary>Moves on from one phase only.</summary>
    public bool TryAdvance(ConnectionPhase from, ConnectionPhase to) =>
        Interlocked.CompareExchange(ref _phase, (int)to, (int)from) == (int)from;

    /// <summary>Moves on from any earlier phase.</summary>
    public void Advance(ConnectionPhase to)
    {
        var now = Volatile.Read(ref _phase);
        while (now < (int)to)
        {
            var before = Interlocked.CompareExchange(ref _phase, (int)to, now);
            if (before == now)
                return;
            now = before;
        }
    }
}
