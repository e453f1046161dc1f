using System.Text.Json.Serialization;

namespace TPacket.Games;

/// <summary>A seat of a game. Immutable.</summary>
public sealed record GameSeat
{
    internal static readonly GameSeat Free = new();

    /// <summary>The session of the member who holds the seat; 0 for none. No view contains it.</summary>
    public long Session { get; init; }

    /// <summary>The id of the member; 0 for none.</summary>
    public int User { get; init; }

    /// <summary>The nick of the member; empty for none.</summary>
    public string Nick { get; init; } = "";

    /// <summary>Whether the member is away: it has a session but no connection.</summary>
    public bool IsAway { get; init; }

    /// <summary>Whether the holder of the seat is ready.</summary>
    public bool IsReady { get; init; }

    /// <summary>The id of the user for whom the seat is reserved; 0 for none.</summary>
    public int ReservedFor { get; init; }

    /// <summary>The level of the bot that holds the seat; null for none.</summary>
    public string? Bot { get; init; }

    /// <summary>The open offers of the seat.</summary>
    public GameOffer Offers { get; init; }

    /// <summary>The seat's clock. In a game without a clock, only <see cref="SeatClock.Since"/> has a meaning.</summary>
    public SeatClock Clock { get; init; }

    // The offers that were declined since the seat's last move: the seat may not repeat them before it has moved.
    [JsonInclude]
    internal GameOffer Declined { get; init; }

    /// <summary>Whether neither a member nor a bot holds the seat.</summary>
    [JsonIgnore]
    public bool IsFree => Session == 0 && Bot is null;

    /// <summary>Returns the seat without its holder. The reservation and the clock stay.</summary>
    internal GameSeat Freed() => new() { ReservedFor = ReservedFor, Clock = Clock };
}
