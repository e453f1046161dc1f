namespace TPacket.Server.Sessions;

/// <summary>The token that is cancelled at the end of a connection, made for the first one who asks. Thread-safe; a field that is never copied.</summary>
internal struct DisconnectSignal
{
    private CancellationTokenSource? _source;

    /// <summary>The token.</summary>
    /// <param name="activity">The state of the session, which says that the end has come before <see cref="Cancel"/> is called.</param>
    /// <param name="closed">The bit that says it.</param>
    public CancellationToken TokenFor(ref int activity, int closed)
    {
        if (Volatile.Read(ref _source) is { } existing)
            return existing.Token;
        var created = new CancellationTokenSource();
        var source = Interlocked.CompareExchange(ref _source, created, null) ?? created;
        // An end that came before has found no source to cancel.
        if ((Volatile.Read(ref activity) & closed) != 0)
            source.Cancel();
        return source.Token;
    }

    /// <summary>Cancels the token, if somebody has asked for it.</summary>
    public void Cancel(SessionFaults faults)
    {
        if (Volatile.Read(ref _source) is { } source)
            _ = CancelAsync(faults, source);
    }

    /// <summary>Callbacks of the application run on the thread pool, and cannot keep the user from leaving.</summary>
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
