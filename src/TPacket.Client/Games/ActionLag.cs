namespace TPacket.Client.Games;

/// <summary>The smoothed round-trip time of the client's actions. Thread-safe.</summary>
internal sealed class ActionLag
{
    // The upper limit of one sample, in milliseconds. The answer to a packet that was sent again can take much longer than a round trip.
    private const double MaxMilliseconds = 1_000;
    private const double Weight = 0.3;

    private readonly Lock _gate = new();
    private double _lag;

    /// <summary>The round-trip time in milliseconds; null before the first answer.</summary>
    public int? Milliseconds
    {
        get
        {
            lock (_gate)
                return _lag > 0 ? (int)_lag : null;
        }
    }

    /// <summary>Includes the time of one answer.</summary>
    public void OnAnswered(TimeSpan elapsed)
    {
        var lag = Math.Min(MaxMilliseconds, elapsed.TotalMilliseconds);
        lock (_gate)
            _lag = _lag == 0 ? lag : _lag + (Weight * (lag - _lag));
    }
}
