using TPacket.Transports;

namespace TPacket.WebSockets.Connection;

/// <summary>A connection's phase, and how its end began. Thread-safe. A mutable struct: a field that is never copied.</summary>
internal struct ConnectionState
{
    private static readonly EndRecord _notEnded = new(EndCause.None, CloseStatus.AbnormalClosure, "");

    private int _phase;
    private EndRecord? _end;

    public readonly ConnectionPhase Phase => (ConnectionPhase)Volatile.Read(in _phase);

    /// <summary>How the end began, as far as recorded.</summary>
    public readonly ConnectionEnd End
    {
        get
        {
            var end = Volatile.Read(in _end) ?? _notEnded;
            return new ConnectionEnd(end.Cause, end.Status, end.Reason);
        }
    }

    /// <summary>Records how the end began. Only the first call has an effect: later events are consequences.</summary>
    public void SetEnd(EndCause cause, CloseStatus status, string reason)
    {
        if (Volatile.Read(ref _end) is null)
            Interlocked.CompareExchange(ref _end, new EndRecord(cause, status, reason), null);
    }

    /// <summary>Records the end of the transport, unless another event came first.</summary>
    /// <param name="error">The transport's error; null if this side has released it.</param>
    public void SetTransportEnd(Exception? error)
    {
        var cause = error switch
        {
            null => EndCause.Aborted,
            // The peer has not begun a TLS handshake: the connection ends as one without TLS does.
            TlsHandshakeException { IsBeforeFirstByte: true, InnerException: null } => EndCause.EndOfStream,
            TlsHandshakeException { IsBeforeFirstByte: true } => EndCause.TransportFailed,
            TlsHandshakeException => EndCause.TlsFailed,
            _ => EndCause.TransportFailed,
        };
        SetEnd(cause, CloseStatus.AbnormalClosure, error?.Message ?? "released");
    }

    /// <summary>Advances to a phase if the connection is in phase <paramref name="from"/>.</summary>
    public bool TryAdvance(ConnectionPhase from, ConnectionPhase to) =>
        Interlocked.CompareExchange(ref _phase, (int)to, (int)from) == (int)from;

    /// <summary>Advances to a phase from any earlier phase.</summary>
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

    // A class, so that readers see all three values of one record.
    private sealed record EndRecord(EndCause Cause, CloseStatus Status, string Reason);
}
