namespace TPacket.Server.Sqlite.Rooms;

/// <summary>The limits of a room's events in one table.</summary>
/// <param name="MaxCount">The maximum number of events.</param>
/// <param name="MaxBytes">The maximum size in bytes.</param>
/// <param name="Period">The maximum age in milliseconds; 0 for no limit.</param>
internal readonly record struct Retention(int MaxCount, int MaxBytes, long Period)
{
    // Trimming a long log in batches costs far less than trimming it with each append.
    private const int LeastCountWithSlack = 1000;
    private const int SlackParts = 16;

    /// <summary>Returns whether a limit is exceeded by more than the slack, so that events are to be dropped.</summary>
    public bool IsExceeded(EventExtent extent, long now) =>
        extent.Count > 0 && (extent.Count > MaxCount + Slack(MaxCount) || extent.Bytes > MaxBytes + (long)Slack(MaxBytes) || IsExpired(extent.OldestTime, now));

    /// <summary>Returns whether an event of this time is too old.</summary>
    public bool IsExpired(long time, long now) => Period > 0 && time < now - Period;

    /// <summary>Returns whether the oldest event exceeds a limit, without slack.</summary>
    public bool ShouldDrop(EventExtent extent, long now) => extent.Count > 0 && (extent.Count > MaxCount || extent.Bytes > MaxBytes || IsExpired(extent.OldestTime, now));

    private int Slack(int bound) => MaxCount >= LeastCountWithSlack ? bound / SlackParts : 0;
}
