namespace Checkers.Games;

/// <summary>The view of one seat, or of the spectators.</summary>
/// <param name="Own">What the seat itself has chosen.</param>
/// <param name="HaveChosen">Which seats have chosen.</param>
/// <param name="Rounds">What both have shown in the rounds before, such as <c>rock paper</c>.</param>
/// <param name="Wins">How many rounds each has won.</param>
internal sealed record HandsView(string? Own, bool[] HaveChosen, string[] Rounds, int[] Wins);
