namespace CustomCommands;

/// <summary>When a message counts as a repetition.</summary>
internal sealed class RepeatOptions
{
    /// <summary>How long the same text is refused.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(10);
}
