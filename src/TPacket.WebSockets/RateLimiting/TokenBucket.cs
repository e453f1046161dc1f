namespace TPacket.WebSockets.RateLimiting;

/// <summary>
/// A token bucket in eight bytes: the timestamp at which it is full again (generic cell rate algorithm). A new bucket is full. A mutable struct: a field that is never copied. Only
/// <see cref="TryTakeShared"/> is thread-safe.
/// </summary>
internal struct TokenBucket
{
    private long _fullAt;

    /// <summary>Takes the available tokens, up to a maximum.</summary>
    /// <param name="limit">The bucket's limit.</param>
    /// <param name="now">The current timestamp.</param>
    /// <param name="most">Maximum number of tokens to take.</param>
    /// <returns>Number of tokens taken; 0 if the bucket is empty.</returns>
    public int Take(in RateLimit limit, long now, int most)
    {
        var fullAt = FullAt(limit, _fullAt, now);
        var left = limit.Depth - (fullAt - now);
        if (left < limit.Interval)
        {
            _fullAt = fullAt;
            return 0;
        }

        var taken = (int)Math.Min(most, left / limit.Interval);
        _fullAt = fullAt + (taken * limit.Interval);
        return taken;
    }

    /// <summary>Returns tokens that were taken and not used.</summary>
    public void Return(in RateLimit limit, int tokens) => _fullAt -= tokens * limit.Interval;

    /// <summary>Takes one token of a bucket that several threads share.</summary>
    /// <param name="limit">The bucket's limit.</param>
    /// <param name="now">The current timestamp.</param>
    /// <param name="leave">Number of tokens that must remain.</param>
    /// <returns>False if too few tokens are available.</returns>
    public bool TryTakeShared(in RateLimit limit, long now, int leave)
    {
        while (true)
        {
            var seen = Volatile.Read(ref _fullAt);
            var fullAt = FullAt(limit, seen, now);
            if (limit.Depth - (fullAt - now) < (1L + leave) * limit.Interval)
            {
                if (seen > fullAt)
                    Interlocked.CompareExchange(ref _fullAt, fullAt, seen);
                return false;
            }

            if (Interlocked.CompareExchange(ref _fullAt, fullAt + limit.Interval, seen) == seen)
                return true;
        }
    }

    // Limits the result to an empty bucket, since the bucket may have been used with another limit before.
    private static long FullAt(in RateLimit limit, long fullAt, long now) => Math.Min(Math.Max(fullAt, now), now + limit.Depth);
}
