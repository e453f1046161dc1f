namespace Checkers.Computer;

/// <summary>The result of a search from a position.</summary>
/// <param name="Key">The position's hash.</param>
/// <param name="Score">The score, wins and losses counted from this position.</param>
/// <param name="Depth">How deep the search went.</param>
/// <param name="Bound">What the score is.</param>
/// <param name="From">The first square of the best move.</param>
/// <param name="To">The last square of the best move.</param>
internal readonly record struct Transposition(ulong Key, short Score, sbyte Depth, Bound Bound, byte From, byte To);
