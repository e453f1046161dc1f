namespace TPacket.Client;

/// <summary>What a client is doing, and why. Immutable.</summary>
/// <param name="Phase">What it is doing.</param>
public sealed record ClientState(ClientPhase Phase)
{
    /// <summary>While <see cref="ClientPhase.Joining"/> and <see cref="ClientPhase.Ready"/>: the room, if there is one.</summary>
    public string? Room { get; init; }

    /// <summary>While <see cref="ClientPhase.Connecting"/> and <see cref="ClientPhase.Reconnecting"/>: which attempt to come back this is, counted from 1 since the last stable connection; 0 for that of ConnectAsync.</summary>
    public int Attempt { get; init; }

    /// <summary>While <see cref="ClientPhase.Reconnecting"/>: how long until the attempt begins.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>While <see cref="ClientPhase.Ready"/>: whether the client is the user that it was, and whether it has missed anything.</summary>
    public SessionContinuity Continuity { get; init; }

    /// <summary>
    /// While <see cref="ClientPhase.Reconnecting"/> and <see cref="ClientPhase.Closed"/>: what has ended the connection. Null before ConnectAsync, and after the application has closed the client.
    /// </summary>
    public DisconnectCause? Cause { get; init; }

    /// <summary>The state as a line for people.</summary>
    public override string ToString() => this switch
    {
        { Phase: ClientPhase.Reconnecting } => $"{Phase}, attempt {Attempt} in {Delay.TotalSeconds:0.###} s: {Cause}",
        { Cause: not null } => $"{Phase}: {Cause}",
        { Room: not null } => $"{Phase}: {Room}",
        _ => Phase.ToString(),
    };
}
