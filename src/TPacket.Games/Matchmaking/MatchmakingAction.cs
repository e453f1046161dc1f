using System.Text.Json.Serialization;

namespace TPacket.Games.Matchmaking;

/// <summary>An action in matchmaking: the command of a member, and the event in the log that follows from it.</summary>
internal sealed record MatchmakingAction
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required MatchmakingVerb Do { get; init; }

    /// <summary>The prefix of the game's room names.</summary>
    public string? Game { get; init; }

    /// <summary>The member's rating.</summary>
    public int Rating { get; init; }

    /// <summary>
    /// In a join: the id of the member who has opened the game. In a match: the id of the first member. Otherwise: the id of the member who acts.
    /// </summary>
    public int User { get; init; }

    /// <summary>In a match: the id of the second member.</summary>
    public int Other { get; init; }
}
