namespace TPacket.Client;

/// <summary>
/// How a lost connection is sought again. The delay before an attempt doubles with each one, and chance takes up to half of it, so that the clients of a server that was restarted do
/// not all come at once. Immutable.
/// </summary>
public sealed record ReconnectOptions
{
    /// <summary>The defaults.</summary>
    public static ReconnectOptions Default { get; } = new();

    /// <summary>A lost connection is not sought again.</summary>
    public static ReconnectOptions Never { get; } = new() { MaxAttempts = 0 };

    /// <summary>The longest delay before the first attempt. Default: 0.5 s.</summary>
    public TimeSpan InitialDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The most that the delay grows to. Default: 30 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Attempts in a row before the client gives up. Default: <see cref="int.MaxValue"/>, without limit.</summary>
    public int MaxAttempts { get; init; } = int.MaxValue;

    /// <summary>The delay before an attempt, which is counted from 1.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="chance">From 0 up to 1.</param>
    internal TimeSpan Delay(int attempt, double chance)
    {
        var doubled = InitialDelay.TotalMilliseconds * Math.Pow(2, attempt - 1);
        return TimeSpan.FromMilliseconds(Math.Min(doubled, MaxDelay.TotalMilliseconds) * (1 - chance / 2));
    }
}
