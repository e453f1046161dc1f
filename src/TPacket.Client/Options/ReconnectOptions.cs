namespace TPacket.Client;

/// <summary>
/// How a lost connection is sought again. The delay before an attempt doubles with each one until a connection has been stable, and chance takes up to half of it, so that the clients of a server
/// that was restarted do not all come at once. Immutable.
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

    /// <summary>Attempts without a stable connection between them before the client gives up. Default: <see cref="int.MaxValue"/>, without limit.</summary>
    public int MaxAttempts { get; init; } = int.MaxValue;

    /// <summary>
    /// How long the client has to be ready before delays and attempts begin anew. A server that drops its clients soon after they are ready is thus asked less and less often; one that drops them later
    /// is asked once in this time at most. Default: 10 s, the time that a server has for each reply, and so for noticing what it does not like. Zero begins anew whenever the client was ready.
    /// </summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(10);
}
