namespace CustomCommands;

/// <summary>How much a user may send.</summary>
internal sealed class RateLimitOptions
{
    /// <summary>Most packets in a window.</summary>
    public int Packets { get; set; } = 20;

    /// <summary>How long a window lasts.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(10);
}
