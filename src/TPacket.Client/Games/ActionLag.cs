namespace TPacket.Client.Games;

/// <summary>For how long an action and its answer are on their way, smoothed. Thread-safe.</summary>
internal sealed class ActionLag
{
    // One slow answer, such as that of a packet that was sent again, adds at most this.
    private const double MaxMilliseconds = 1_000;
    private const double Weight = 0.3;

    private readonly Lock _gate = new();
    private double _lag;

    /// <summary>The lag; null before the first answer.</summary>
    public int? Milliseconds
    {
        get
        {
            lock (_gate)
                return _lag > 0 ? (int)_lag : null;
        }
    }

    /// <summary>An answer has come.</summary>
    public void OnAnswered(TimeSpan elapsed)
    {
        var lag = Math.Min(MaxMilliseconds, elapsed.TotalMilliseconds);
        lock (_gate)
            _lag = _lag == 0 ? lag : _lag + (Weight * (lag - _lag));
    }
}
