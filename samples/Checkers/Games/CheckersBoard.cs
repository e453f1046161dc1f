using System.Collections.Immutable;
using Checkers.Draughts;

namespace Checkers.Games;

/// <summary>A position of a game of checkers.</summary>
/// <param name="Position">The pieces and the side to move.</param>
/// <param name="Before">The earlier positions since the last capture or move of a man. Only these can be repeated.</param>
/// <param name="Last">The last move in full; null for none.</param>
internal sealed record CheckersBoard(Position Position, ImmutableArray<Position> Before, string? Last);
