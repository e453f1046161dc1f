namespace TPacket.Client;

/// <summary>The state of a client. Immutable.</summary>
/// <param name="Phase">The phase.</param>
public sealed record ClientState(ClientPhase Phase)
{
    /// <summary>In <see cref="ClientPhase.Joining"/> and <see cref="ClientPhase.Ready"/>: the room; null for none.</summary>
    public string? Room { get; init; }

    /// <summary>
    /// In <see cref="ClientPhase.Connecting"/> and <see cref="ClientPhase.Reconnecting"/>: the number of the attempt, from 1 after the last stable connection;
    /// 0 for the attempt of ConnectAsync.
    /// </summary>
    public int Attempt { get; init; }

    /// <summary>In <see cref="ClientPhase.Reconnecting"/>: the delay before the attempt.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>In <see cref="ClientPhase.Ready"/>: whether the client has kept its user, and whether it has missed events.</summary>
    public SessionContinuity Continuity { get; init; }

    /// <summary>
    /// In <see cref="ClientPhase.Reconnecting"/> and <see cref="ClientPhase.Closed"/>: the cause of the connection's end.
    /// Null before ConnectAsync, and after the application has closed the client.
    /// </summary>
    public DisconnectCause? Cause { get; init; }

    /// <summary>Returns the state as a line for people.</summary>
    public override string ToString() => this switch
    {
        { Phase: ClientPhase.Reconnecting } => $"{Phase}, attempt {Attempt} in {Delay.TotalSeconds:0.###} s: {Cause}",
        { Cause: not null } => $"{Phase}: {Cause}",
        { Room: not null } => $"{Phase}: {Room}",
        _ => Phase.ToString(),
    };
}
