namespace TPacket.Client.Requests;

/// <summary>
/// Cancels a token when the server has had its time to answer. A timer that comes much too late shows that the process did not run, as on a suspended machine: what has arrived meanwhile lies in the
/// socket, so the client gets a second to read it.
/// </summary>
internal sealed class ReplyDeadline : IDisposable
{
    // A timer of a busy machine is late by some of this.
    private static readonly TimeSpan _tolerance = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _timeout;
    private readonly long _start;
    private readonly CancellationTokenSource _source = new();
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private bool _isExtended;

    /// <summary>Begins to wait.</summary>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="timeout">Time for the answer.</param>
    public ReplyDeadline(TimeProvider timeProvider, TimeSpan timeout)
    {
        _timeProvider = timeProvider;
        _timeout = timeout;
        _start = timeProvider.GetTimestamp();
        // A timer that is due at once waits until it is stored.
        lock (_gate)
            _timer = timeProvider.CreateTimer(static deadline => ((ReplyDeadline)deadline!).OnDue(), this, timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when the time is over.</summary>
    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _timer.Dispose();
        _source.Dispose();
    }

    private void OnDue()
    {
        if (!_isExtended && _timeProvider.GetElapsedTime(_start) > _timeout + _tolerance)
        {
            _isExtended = true;
            lock (_gate)
                _timer.Change(_tolerance, Timeout.InfiniteTimeSpan);
            return;
        }

        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The answer came at the same moment.
        }
    }
}
