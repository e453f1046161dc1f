using System.Text.Json.Serialization;

namespace TPacket.Games;

/// <summary>A seat of a game.</summary>
public sealed record GameSeat
{
    internal static readonly GameSeat Free = new();

    /// <summary>Names the session of the member that holds the seat; 0 for none. No view has it.</summary>
    public long Session { get; init; }

    /// <summary>The id of that member; 0 for none.</summary>
    public int User { get; init; }

    /// <summary>Its nick.</summary>
    public string Nick { get; init; } = "";

    /// <summary>Whether its connection was lost and it may come back.</summary>
    public bool IsAway { get; init; }

    /// <summary>Whether it is ready.</summary>
    public bool IsReady { get; init; }

    /// <summary>The id of the user that the seat is reserved for; 0 for none.</summary>
    public int ReservedFor { get; init; }

    /// <summary>The level of the bot that holds the seat; null for none.</summary>
    public string? Bot { get; init; }

    /// <summary>The offer of the seat that is open.</summary>
    public GameOffer Offers { get; init; }

    /// <summary>The seat's time; of no meaning without a clock.</summary>
    public SeatClock Clock { get; init; }

    // The offers that were declined since the seat's last move: the seat may not repeat them before it has moved.
    [JsonInclude]
    internal GameOffer Declined { get; init; }

    /// <summary>Whether nobody holds the seat.</summary>
    [JsonIgnore]
    public bool IsFree => Session == 0 && Bot is null;

    /// <summary>The seat without its holder, who may be back.</summary>
    internal GameSeat Freed() => new() { ReservedFor = ReservedFor, Clock = Clock };
}
