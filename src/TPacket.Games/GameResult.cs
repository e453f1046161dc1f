using System.Text.Json.Serialization;

namespace TPacket.Games;

/// <summary>The result of a game.</summary>
/// <param name="Winners">The winning seats: bit n for seat n. 0 for a draw and for an aborted game.</param>
/// <param name="Reason">
/// A short word for programs: <c>won</c>, <c>resigned</c>, <c>time</c>, <c>abandoned</c>, <c>agreed</c>, <c>claimed</c>,
/// <c>aborted</c>, or a reason of the game itself.
/// </param>
public sealed record GameResult(uint Winners, string Reason)
{
    /// <summary>The reason of an aborted game.</summary>
    public const string AbortedReason = "aborted";

    /// <summary>Whether the game is a draw.</summary>
    [JsonIgnore]
    public bool IsDraw => Winners == 0 && !IsAborted;

    /// <summary>Whether the game was aborted, and thus does not count.</summary>
    [JsonIgnore]
    public bool IsAborted => Reason == AbortedReason;

    /// <summary>Creates the result of a game that one seat wins.</summary>
    public static GameResult Win(int seat, string reason = "won") => new(1u << seat, reason);

    /// <summary>Creates the result of a draw.</summary>
    public static GameResult Draw(string reason = "draw") => new(0, reason);

    /// <summary>Returns whether a seat has won.</summary>
    public bool IsWinner(int seat) => (Winners & (1u << seat)) != 0;
}
