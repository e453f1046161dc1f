namespace TPacket.Server;

/// <summary>A session of a user, as its store keeps it: the user outlives its connection by it. Immutable.</summary>
public sealed record SessionRecord
{
    // Boxed: a record that has neither takes 64 bytes less, and most of those who sit in a room have neither.
    private readonly object? _nextToken;
    private readonly object? _principal;

    /// <summary>Names the session; <see cref="RoomMember.Session"/> of its user. Never 0.</summary>
    public required long Number { get; init; }

    /// <summary>The user's id.</summary>
    public required int UserId { get; init; }

    /// <summary>The user's nick.</summary>
    public required string Nick { get; init; }

    /// <summary>The hash of the token that the session is known by.</summary>
    public required SecretHash Token { get; init; }

    /// <summary>The hash of the token that the last resumption has named; whoever presents it retires <see cref="Token"/>.</summary>
    public SecretHash? NextToken
    {
        get => (SecretHash?)_nextToken;
        init => _nextToken = value;
    }

    /// <summary>The hash of the name of the principal that alone may resume the session; null for one without.</summary>
    public SecretHash? Principal
    {
        get => (SecretHash?)_principal;
        init => _principal = value;
    }

    /// <summary>How many connections the session had before this one: only the latest may change anything.</summary>
    public int Generation { get; init; }

    /// <summary>How long the user may be away.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>How long the user may be away this time, where its room says so; null for <see cref="Grace"/>.</summary>
    public TimeSpan? AwayGrace { get; init; }

    /// <summary>The room that the user is in, or is about to enter; null for none.</summary>
    public string? Room { get; init; }

    /// <summary>The ranges of commands that the client accepts beyond the original protocol, both ends included.</summary>
    public IReadOnlyList<(int First, int Last)> AcceptedCommands { get; init; } = [];

    /// <summary>Whether the connection was lost.</summary>
    public bool IsAway { get; init; }
}
