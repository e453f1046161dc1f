namespace Checkers.Games;

/// <summary>The view of the board, the same for all seats and spectators.</summary>
/// <param name="Position">The position.</param>
/// <param name="Moves">The legal moves in full.</param>
/// <param name="Last">The last move in full; null for none.</param>
/// <param name="MayClaimDraw">Whether the players may claim a draw.</param>
internal sealed record CheckersView(string Position, string[] Moves, string? Last, bool MayClaimDraw);
