namespace Checkers.Computer;

/// <summary>The stored result of a search from a position.</summary>
/// <param name="Key">The position's hash.</param>
/// <param name="Score">The score. The distance to a win or loss is counted from this position.</param>
/// <param name="Depth">The depth of the search.</param>
/// <param name="Bound">The relation of the score to the value.</param>
/// <param name="From">The first square of the best move.</param>
/// <param name="To">The last square of the best move.</param>
internal readonly record struct Transposition(ulong Key, short Score, sbyte Depth, Bound Bound, byte From, byte To);
