namespace TPacket.Server.Sessions;

/// <summary>
/// The state of a session between its first packet and its end. The end of the connection, the end of the last handler
/// and the deadline of a handler race for the end of the session; one of them wins. Thread-safe; a field that is never copied.
/// </summary>
internal struct SessionLifetime
{
    private const int Handling = 1;
    private const int Closed = 2;
    private const int Ended = 4;
    private const int Superseded = 8;

    private int _state;
    private DisconnectSignal _disconnected;
    private CancellationTokenSource? _ended;

    /// <summary>Whether the connection has ended.</summary>
    public readonly bool IsClosed => (Volatile.Read(in _state) & Closed) != 0;

    /// <summary>Whether the session must not change its user any more: the session has ended, or another connection has the user.</summary>
    public readonly bool HasEnded => (Volatile.Read(in _state) & (Ended | Superseded)) != 0;

    /// <summary>Returns the token that is cancelled at the end of the connection.</summary>
    public CancellationToken Disconnected() => _disconnected.TokenFor(ref _state, Closed);

    /// <summary>Begins to handle a packet.</summary>
    /// <returns>False if the connection has ended.</returns>
    public bool TryBeginHandling() => (Interlocked.Or(ref _state, Handling) & Closed) == 0;

    /// <summary>Ends the handling of a packet.</summary>
    /// <returns>True if the connection has ended meanwhile: the caller must end the session.</returns>
    public bool EndHandling() => (Interlocked.And(ref _state, ~Handling) & Closed) != 0;

    /// <summary>Marks the end of the connection and cancels the token.</summary>
    /// <param name="faults">Logs callbacks of the token that throw.</param>
    /// <returns>True if no handler runs: the caller must end the session.</returns>
    public bool Close(SessionFaults faults)
    {
        var before = Interlocked.Or(ref _state, Closed);
        _disconnected.Cancel(faults);
        return (before & Handling) == 0;
    }

    /// <summary>Ends the session.</summary>
    /// <returns>False if the session has already ended.</returns>
    public bool TryEnd()
    {
        if ((Interlocked.Or(ref _state, Ended) & Ended) != 0)
            return false;
        Volatile.Read(ref _ended)?.Cancel();
        return true;
    }

    /// <summary>Returns a token that is cancelled when the session ends. Called once, to wait for a handler.</summary>
    public CancellationToken WhenEnded()
    {
        var source = new CancellationTokenSource();
        Interlocked.Exchange(ref _ended, source);
        // If the session has ended before, TryEnd has found no source to cancel.
        if ((Volatile.Read(ref _state) & Ended) != 0)
            source.Cancel();
        return source.Token;
    }

    /// <summary>Marks that another connection has the user or its nick.</summary>
    public void Supersede() => Interlocked.Or(ref _state, Superseded);
}
