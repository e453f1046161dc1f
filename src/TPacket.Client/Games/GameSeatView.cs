using TPacket.Games;

namespace TPacket.Client;

/// <summary>A seat of a game as members see it. A seat without <see cref="User"/> and <see cref="Bot"/> is free. Immutable.</summary>
public sealed record GameSeatView
{
    internal GameSeatView()
    {
    }

    /// <summary>The id of the member who holds the seat; null for none.</summary>
    public int? User { get; init; }

    /// <summary>The nick of that member; null for none.</summary>
    public string? Nick { get; init; }

    /// <summary>The level of the bot that holds the seat; null for none.</summary>
    public string? Bot { get; init; }

    /// <summary>Whether the connection of the member has dropped.</summary>
    public bool IsAway { get; init; }

    /// <summary>Whether the member is ready to begin.</summary>
    public bool IsReady { get; init; }

    /// <summary>Whether the seat has to move.</summary>
    public bool IsToMove { get; init; }

    /// <summary>The id of the user for whom the free seat is reserved; null for anybody.</summary>
    public int? ReservedFor { get; init; }

    /// <summary>The open offers of the seat.</summary>
    public GameOffer Offers { get; init; }

    /// <summary>The remaining time of the seat at the beginning of its turn, or now while its clock is stopped; null without a clock.</summary>
    public TimeSpan? Left { get; init; }

    /// <summary>The beginning of the turn by the server's clock; null while the seat's clock is stopped.</summary>
    public DateTimeOffset? Since { get; init; }
}
