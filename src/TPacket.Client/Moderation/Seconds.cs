namespace TPacket.Client.Moderation;

/// <summary>Converts durations to seconds, as on the wire. There, 0 is the longest duration that the server allows.</summary>
internal static class Seconds
{
    /// <summary>Returns a duration in seconds, rounded up; 0 for null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The duration is not positive, or longer than 2^31 - 1 seconds.</exception>
    public static int From(TimeSpan? duration, string name)
    {
        if (duration is not { } value)
            return 0;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromSeconds(int.MaxValue), name);
        return (int)Math.Ceiling(value.TotalSeconds);
    }
}
