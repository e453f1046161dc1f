using System.Text.Json.Serialization;

namespace TPacket.Games;

/// <summary>An action in a game, but for its move: a request of a member, and in the log what has happened.</summary>
public abstract record GameAction
{
    private protected GameAction()
    {
    }

    /// <summary>The kind of action.</summary>
    [JsonPropertyName("do")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required GameVerb Verb { get; init; }

    /// <summary>The seat that is claimed, reserved or given to a bot; in the log the seat that acts.</summary>
    public int? Seat { get; init; }

    /// <summary>After how many moves the member means to move; null for now.</summary>
    public int? At { get; init; }

    /// <summary>For how many milliseconds the move was on its way, as the member says.</summary>
    public int Lag { get; init; }

    /// <summary>The offer.</summary>
    public GameOffer Offer { get; init; }

    /// <summary>The position to begin with.</summary>
    public string? Text { get; init; }

    /// <summary>The clock of the game.</summary>
    public GameClock? Clock { get; init; }

    /// <summary>The id of the user that a seat is reserved for; 0 for nobody any more.</summary>
    public int User { get; init; }

    /// <summary>The level of the bot; null for no bot any more.</summary>
    public string? Level { get; init; }
}
