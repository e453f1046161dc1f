using System.Text.Json.Serialization;

namespace TPacket.Games;

/// <summary>The part of a <see cref="GameAction{TMove}"/> that does not depend on the type of the moves.</summary>
public abstract record GameAction
{
    private protected GameAction()
    {
    }

    /// <summary>The kind of action.</summary>
    [JsonPropertyName("do")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required GameVerb Verb { get; init; }

    /// <summary>The seat that is claimed, reserved or assigned to a bot. In the log: the seat that acts.</summary>
    public int? Seat { get; init; }

    /// <summary>The number of moves before the member's move; null for the current number.</summary>
    public int? At { get; init; }

    /// <summary>The round-trip time in milliseconds that the client claims to have measured. It is untrusted.</summary>
    public int Lag { get; init; }

    /// <summary>The offer.</summary>
    public GameOffer Offer { get; init; }

    /// <summary>The start position, in a format of the game.</summary>
    public string? Text { get; init; }

    /// <summary>The clock of the game.</summary>
    public GameClock? Clock { get; init; }

    /// <summary>The id of the user for whom a seat is reserved; 0 to end the reservation.</summary>
    public int User { get; init; }

    /// <summary>The level of the bot; null to remove the bot.</summary>
    public string? Level { get; init; }
}
