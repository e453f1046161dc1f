namespace TPacket.WebSockets.RateLimiting;

/// <summary>
/// A token bucket in eight bytes: the timestamp at which it is full again (the generic cell rate algorithm). A new one is full. A field that is not copied; of its methods, only
/// <see cref="TryTakeShared"/> may be called by several threads at a time. Compiled into TPacket.Server as well.
/// </summary>
internal struct TokenBucket
{
    private long _fullAt;

    /// <summary>Takes as many tokens as there are.</summary>
    /// <param name="limit">The bucket's limit.</param>
    /// <param name="now">The timestamp.</param>
    /// <param name="most">Most tokens that are wanted.</param>
    /// <returns>How many were taken; 0 when the bucket is empty.</returns>
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
    /// <param name="now">The timestamp.</param>
    /// <param name="leave">How many tokens have to be left behind it.</param>
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

    // A bucket is at most empty, also where it was filled by another limit before.
    private static long FullAt(in RateLimit limit, long fullAt, long now) => Math.Min(Math.Max(fullAt, now), now + limit.Depth);
}
