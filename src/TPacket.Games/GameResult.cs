using System.Text.Json.Serialization;

namespace TPacket.Games;

/// <summary>How a game has ended.</summary>
/// <param name="Winners">The seats that have won: bit n for seat n. 0 for a draw, and for a game that was aborted.</param>
/// <param name="Reason">A short word for programs: <c>won</c>, <c>resigned</c>, <c>time</c>, <c>abandoned</c>, <c>agreed</c>, <c>claimed</c>, <c>aborted</c>, or one of the game's own.</param>
public sealed record GameResult(uint Winners, string Reason)
{
    /// <summary>The reason of a game that does not count.</summary>
    public const string AbortedReason = "aborted";

    /// <summary>Whether nobody has won.</summary>
    [JsonIgnore]
    public bool IsDraw => Winners == 0 && !IsAborted;

    /// <summary>Whether the game does not count.</summary>
    [JsonIgnore]
    public bool IsAborted => Reason == AbortedReason;

    /// <summary>One seat wins.</summary>
    public static GameResult Win(int seat, string reason = "won") => new(1u << seat, reason);

    /// <summary>Nobody wins.</summary>
    public static GameResult Draw(string reason = "draw") => new(0, reason);

    /// <summary>Whether a seat has won.</summary>
    public bool IsWinner(int seat) => (Winners & (1u << seat)) != 0;
}
