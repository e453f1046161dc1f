namespace Checkers.Pdn;

/// <summary>The first fault of a game and its position in the file.</summary>
/// <param name="Text">The description, a sentence.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="MoveNumber">The number of the move, counted from the game's first position. Two half moves share a number.</param>
internal sealed record PdnFault(string Text, long Line, long Column, int MoveNumber);
