namespace TPacket.Client.Requests;

/// <summary>
/// Cancels a token when the time for an answer is over. If the timer fires more than a second late, the process did not run meanwhile,
/// as on a suspended machine. The answer may then wait in the socket, so the deadline is extended by a second in which the client can read it.
/// </summary>
internal sealed class ReplyDeadline : IDisposable
{
    // Timers of a busy machine may be late by less than this.
    private static readonly TimeSpan _tolerance = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _timeout;
    private readonly long _start;
    private readonly CancellationTokenSource _source = new();
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private bool _isExtended;

    /// <summary>Starts the timer.</summary>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="timeout">The time for the answer.</param>
    public ReplyDeadline(TimeProvider timeProvider, TimeSpan timeout)
    {
        _timeProvider = timeProvider;
        _timeout = timeout;
        _start = timeProvider.GetTimestamp();
        // A timer that fires at once waits on the lock until the field is set.
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
            // The answer has arrived at the same time, and the owner has disposed of the deadline.
        }
    }
}
