namespace Checkers.Draughts;

/// <summary>Counts the sequences of legal moves of a length.</summary>
internal static class Perft
{
    /// <summary>The deepest count.</summary>
    public const int MaxDepth = 64;

    /// <summary>Counts.</summary>
    /// <param name="position">Where they begin.</param>
    /// <param name="depth">Their length, 0 to <see cref="MaxDepth"/>.</param>
    /// <exception cref="OverflowException">There are more than a 64-bit number can count.</exception>
    public static long Count(in Position position, int depth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(depth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, MaxDepth);
        return depth == 0 ? 1 : Count(position, depth, new Move[depth * MoveGenerator.MaxMoves]);
    }

    private static long Count(in Position position, int depth, Move[] buffer)
    {
        var moves = buffer.AsSpan((depth - 1) * MoveGenerator.MaxMoves, MoveGenerator.MaxMoves);
        var count = MoveGenerator.Generate(position, moves);
        if (depth == 1)
            return count;
        var sum = 0L;
        foreach (ref readonly var move in moves[..count])
            sum = checked(sum + Count(position.After(move), depth - 1, buffer));
        return sum;
    }
}
