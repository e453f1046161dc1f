namespace TPacket.Client;

/// <summary>
/// Options of reconnecting. The delay doubles with each attempt until a connection is stable. The client subtracts a random part of up to half of the delay,
/// so that the clients of a restarted server do not reconnect at the same time. Immutable.
/// </summary>
public sealed record ReconnectOptions
{
    /// <summary>The defaults.</summary>
    public static ReconnectOptions Default { get; } = new();

    /// <summary>The client does not reconnect.</summary>
    public static ReconnectOptions Never { get; } = new() { MaxAttempts = 0 };

    /// <summary>The longest delay before the first attempt. Default: 0.5 s.</summary>
    public TimeSpan InitialDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The upper limit of the delay. Default: 30 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The number of attempts after which the client gives up, counted since the last stable connection. Default: <see cref="int.MaxValue"/>, no limit.
    /// </summary>
    public int MaxAttempts { get; init; } = int.MaxValue;

    /// <summary>
    /// The time for which a client must be ready before its connection counts as stable, and the delays and attempts start over.
    /// A client reconnects less and less often to a server that drops it sooner, and at most once in this time to a server that drops it later.
    /// Default: 10 s, the time that a server has for each reply, and thus for closing the connection of a client that it rejects.
    /// Zero: every connection on which the client was ready is stable.
    /// </summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(10);
}
