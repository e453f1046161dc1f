namespace TPacket.Server;

/// <summary>A session of a user in an <see cref="ISessionStore"/>. Immutable.</summary>
public sealed record SessionRecord
{
    // Boxed: most records have neither value, and so are 64 bytes smaller.
    private readonly object? _nextToken;
    private readonly object? _principal;

    /// <summary>The number of the session, which is <see cref="RoomMember.Session"/> of its user. Never 0.</summary>
    public required long Number { get; init; }

    /// <summary>The user's id.</summary>
    public required int UserId { get; init; }

    /// <summary>The user's nick.</summary>
    public required string Nick { get; init; }

    /// <summary>The hash of the session's token.</summary>
    public required SecretHash Token { get; init; }

    /// <summary>
    /// The hash of the next token, from the last resumption; null for none. When a client presents the next token, it replaces <see cref="Token"/>.
    /// </summary>
    public SecretHash? NextToken
    {
        get => (SecretHash?)_nextToken;
        init => _nextToken = value;
    }

    /// <summary>The hash of the name of the principal that may resume the session; null if the user has no principal.</summary>
    public SecretHash? Principal
    {
        get => (SecretHash?)_principal;
        init => _principal = value;
    }

    /// <summary>The number of earlier connections of the session. Only the latest generation can change the session.</summary>
    public int Generation { get; init; }

    /// <summary>The grace: the time for which the user may be away.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>The grace of the current absence, if its room sets one; null for <see cref="Grace"/>.</summary>
    public TimeSpan? AwayGrace { get; init; }

    /// <summary>The name of the room that the user is in, or is about to enter; null for none.</summary>
    public string? Room { get; init; }

    /// <summary>The ranges of commands that the client accepts in addition to the original protocol; both ends are inclusive.</summary>
    public IReadOnlyList<(int First, int Last)> AcceptedCommands { get; init; } = [];

    /// <summary>Whether the user has no connection.</summary>
    public bool IsAway { get; init; }
}
