namespace TPacket.WebSockets.RateLimiting;

/// <summary>A rate and a burst, in timestamps of a clock.</summary>
/// <param name="Interval">Timestamps between two tokens.</param>
/// <param name="Depth">Timestamps until an empty bucket is full.</param>
internal readonly record struct RateLimit(long Interval, long Depth)
{
    /// <summary>Creates a limit from tokens per second.</summary>
    /// <param name="perSecond">Tokens per second; at least 1.</param>
    /// <param name="burst">Tokens in a full bucket; at least 1.</param>
    /// <param name="frequency">Timestamps per second.</param>
    public static RateLimit Create(int perSecond, int burst, long frequency)
    {
        var interval = Math.Max(1, frequency / perSecond);
        return new RateLimit(interval, interval * burst);
    }
}
