using System.Text.Json;
using TPacket.Games;

namespace TPacket.Client.Games;

/// <summary>The JSON of a member's action in a game or in matchmaking.</summary>
internal sealed record GameActionJson(string Do)
{
    public int? Seat { get; init; }

    public JsonElement? Move { get; init; }

    public int? At { get; init; }

    public int? Lag { get; init; }

    public GameOffer? Offer { get; init; }

    public string? Text { get; init; }

    public GameClock? Clock { get; init; }

    public int? User { get; init; }

    public string? Level { get; init; }

    public string? Game { get; init; }

    public int? Rating { get; init; }
}
