namespace TPacket.Server.Sqlite.Rooms;

/// <summary>How many events of a kind a room keeps.</summary>
/// <param name="MaxCount">Most events.</param>
/// <param name="MaxBytes">Most bytes.</param>
/// <param name="Period">For how many milliseconds; 0 for no limit.</param>
internal readonly record struct Retention(int MaxCount, int MaxBytes, long Period)
{
    // Long logs are cut a whole stretch at a time, which costs far less than an event at a time.
    private const int LeastCountWithSlack = 1000;
    private const int SlackParts = 16;

    /// <summary>Whether it is time to drop events.</summary>
    public bool IsExceeded(Shelf shelf, long now) =>
        shelf.Count > 0 && (shelf.Count > MaxCount + Slack(MaxCount) || shelf.Bytes > MaxBytes + (long)Slack(MaxBytes) || IsExpired(shelf.OldestTime, now));

    /// <summary>Whether an event of this time is too old.</summary>
    public bool IsExpired(long time, long now) => Period > 0 && time < now - Period;

    /// <summary>Whether the oldest event is to be dropped, now that some are.</summary>
    public bool ShouldDrop(Shelf shelf, long now) => shelf.Count > 0 && (shelf.Count > MaxCount || shelf.Bytes > MaxBytes || IsExpired(shelf.OldestTime, now));

    private int Slack(int bound) => MaxCount >= LeastCountWithSlack ? bound / SlackParts : 0;
}
