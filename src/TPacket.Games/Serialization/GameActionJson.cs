using System.Text.Json;
using System.Text.Json.Serialization;

namespace TPacket.Games.Serialization;

/// <summary>An action as JSON.</summary>
internal sealed class GameActionJson
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required GameVerb Do { get; init; }

    public int? Seat { get; init; }

    public JsonElement? Move { get; init; }

    public int? At { get; init; }

    public int Lag { get; init; }

    public GameOffer Offer { get; init; }

    public string? Text { get; init; }

    public GameClock? Clock { get; init; }

    public int User { get; init; }

    public string? Level { get; init; }
}
