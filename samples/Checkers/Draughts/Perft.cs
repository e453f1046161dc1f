namespace Checkers.Draughts;

/// <summary>Counts sequences of legal moves.</summary>
internal static class Perft
{
    /// <summary>The maximum length.</summary>
    public const int MaxDepth = 64;

    /// <summary>Counts the sequences of a length.</summary>
    /// <param name="position">The first position.</param>
    /// <param name="depth">The length, 0 to <see cref="MaxDepth"/>.</param>
    /// <exception cref="OverflowException">The count exceeds 64 bits.</exception>
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
