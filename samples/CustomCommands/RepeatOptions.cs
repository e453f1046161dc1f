namespace CustomCommands;

/// <summary>Options of <see cref="RepeatFilter"/>.</summary>
internal sealed class RepeatOptions
{
    /// <summary>The time for which the same text is rejected.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(10);
}
