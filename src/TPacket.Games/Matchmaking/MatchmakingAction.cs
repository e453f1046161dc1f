using System.Text.Json.Serialization;

namespace TPacket.Games.Matchmaking;

/// <summary>The command of a member; in the log, the event that the rules have decided.</summary>
internal sealed record MatchmakingAction
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required MatchmakingVerb Do { get; init; }

    /// <summary>The beginning of the names of the game's rooms.</summary>
    public string? Game { get; init; }

    /// <summary>The member's rating.</summary>
    public int Rating { get; init; }

    /// <summary>The id of the member whose game is joined; of a match the first member.</summary>
    public int User { get; init; }

    /// <summary>Of a match the second member.</summary>
    public int Other { get; init; }
}
