using Checkers.Draughts;

namespace Checkers.Pdn;

/// <summary>A position of a game.</summary>
/// <param name="Position">The position.</param>
/// <param name="Move">The move that led to it, in full; null if it was set up.</param>
internal sealed record PdnBoard(Position Position, string? Move);
