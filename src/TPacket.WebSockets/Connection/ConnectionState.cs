namespace TPacket.WebSockets.Connection;

/// <summary>Where a connection stands, and how its end began. Changed by any thread; a field that is not copied.</summary>
internal struct ConnectionState
{
    private static readonly EndRecord _notEnded = new(EndCause.None, CloseStatus.AbnormalClosure, "");

    private int _phase;
    private EndRecord? _end;

    public readonly ConnectionPhase Phase => (ConnectionPhase)Volatile.Read(in _phase);

    /// <summary>How the end began.</summary>
    public readonly ConnectionEnd End
    {
        get
        {
            var end = Volatile.Read(in _end) ?? _notEnded;
            return new ConnectionEnd(end.Cause, end.Status, end.Reason);
        }
    }

    /// <summary>Records how the end began; what comes later is its consequence.</summary>
    public void SetEnd(EndCause cause, CloseStatus status, string reason)
    {
        if (Volatile.Read(ref _end) is null)
            Interlocked.CompareExchange(ref _end, new EndRecord(cause, status, reason), null);
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

    // One object, so that it is seen whole or not at all.
    private sealed record EndRecord(EndCause Cause, CloseStatus Status, string Reason);
}
