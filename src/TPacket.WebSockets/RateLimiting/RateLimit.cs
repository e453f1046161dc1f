namespace TPacket.WebSockets.RateLimiting;

/// <summary>A rate with the burst that it allows, in timestamps of a clock. Compiled into TPacket.Server as well.</summary>
/// <param name="Interval">Timestamps from one token to the next.</param>
/// <param name="Depth">Timestamps that an empty bucket takes to fill.</param>
internal readonly record struct RateLimit(long Interval, long Depth)
{
    /// <summary>Converts a rate into timestamps.</summary>
    /// <param name="perSecond">Tokens a second; at least 1.</param>
    /// <param name="burst">Tokens of a full bucket; at least 1.</param>
    /// <param name="frequency">Timestamps a second.</param>
    public static RateLimit Create(int perSecond, int burst, long frequency)
    {
        var interval = Math.Max(1, frequency / perSecond);
        return new RateLimit(interval, interval * burst);
    }
}
