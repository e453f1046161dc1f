using TPacket.Games;

namespace TPacket.Client;

/// <summary>A seat of a game as members see it. Without <see cref="User"/> and <see cref="Bot"/> nobody holds it. Immutable.</summary>
public sealed record GameSeatView
{
    internal GameSeatView()
    {
    }

    /// <summary>The id of the member that holds the seat; null for none.</summary>
    public int? User { get; init; }

    /// <summary>The nick of that member; null for none.</summary>
    public string? Nick { get; init; }

    /// <summary>The level of the bot that holds the seat; null for none.</summary>
    public string? Bot { get; init; }

    /// <summary>Whether the connection of the member has dropped.</summary>
    public bool IsAway { get; init; }

    /// <summary>Whether the member is ready.</summary>
    public bool IsReady { get; init; }

    /// <summary>Whether the seat has to move.</summary>
    public bool IsToMove { get; init; }

    /// <summary>The id of the user that the free seat is for; null for anybody.</summary>
    public int? ReservedFor { get; init; }

    /// <summary>The offers of the seat that are open.</summary>
    public GameOffer Offers { get; init; }

    /// <summary>The time that the seat had left when its turn began; null without a clock.</summary>
    public TimeSpan? Left { get; init; }

    /// <summary>When the turn began, by the server's clock; null while the clock of the seat stands still.</summary>
    public DateTimeOffset? Since { get; init; }
}
