namespace Checkers.Games;

/// <summary>The view of a seat or of the spectators.</summary>
/// <param name="Own">The seat's own choice.</param>
/// <param name="HaveChosen">Whether each seat has chosen.</param>
/// <param name="Rounds">The choices of the earlier rounds, such as <c>rock paper</c>.</param>
/// <param name="Wins">The number of rounds that each seat has won.</param>
internal sealed record HandsView(string? Own, bool[] HaveChosen, string[] Rounds, int[] Wins);
