namespace Checkers.Pdn;

/// <summary>The first fault of a game, and its place.</summary>
/// <param name="Text">A sentence.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="MoveNumber">The number of the move: two half moves have the same one, counted from the game's first position.</param>
internal sealed record PdnFault(string Text, long Line, long Column, int MoveNumber);
