namespace TPacket.Server.Sessions;

/// <summary>The source of the token that is cancelled at the end of a connection, created on first use. Thread-safe; a field that is never copied.</summary>
internal struct DisconnectSignal
{
    private CancellationTokenSource? _source;

    /// <summary>Returns the token.</summary>
    /// <param name="state">The state of the session. The session sets the bit before it calls <see cref="Cancel"/>.</param>
    /// <param name="closed">The bit for the end of the connection.</param>
    public CancellationToken TokenFor(ref int state, int closed)
    {
        if (Volatile.Read(ref _source) is { } existing)
            return existing.Token;
        var created = new CancellationTokenSource();
        var source = Interlocked.CompareExchange(ref _source, created, null) ?? created;
        // If the connection has ended before, Cancel has found no source, so the new source is cancelled here.
        if ((Volatile.Read(ref state) & closed) != 0)
            source.Cancel();
        return source.Token;
    }

    /// <summary>Cancels the token if it exists.</summary>
    public void Cancel(SessionFaults faults)
    {
        if (Volatile.Read(ref _source) is { } source)
            _ = CancelAsync(faults, source);
    }

    /// <summary>Runs the callbacks of the application on the thread pool, so that they cannot delay the end of the session.</summary>
    private static async Task CancelAsync(SessionFaults faults, CancellationTokenSource source)
    {
        try
        {
            await source.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException e)
        {
            faults.OnCallbackFailed(e);
        }
    }
}
