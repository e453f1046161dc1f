using Checkers.Draughts;

namespace Checkers.Pdn;

/// <summary>Formats and parses moves in PDN: <c>11-15</c>, <c>26x17x10</c> in full, <c>26x10</c> in short.</summary>
internal static class MoveNotation
{
    private const int MaxSquares = MoveGenerator.MaxJumps + 1;
    private const int MaxLength = (3 * MaxSquares) - 1;

    /// <summary>
    /// Finds the legal move of a text. A capture may be written in full, by its first and last square, or with some squares between. A text that is a capture in full means this capture; otherwise it
    /// must match a single move, or moves that lead to the same position.
    /// </summary>
    /// <param name="position">The position.</param>
    /// <param name="text">The text.</param>
    /// <param name="move">The move.</param>
    /// <returns>Null, or the reason why there is none, as a sentence.</returns>
    public static string? Find(in Position position, ReadOnlySpan<char> text, out Move move)
    {
        move = default;
        Span<int> squares = stackalloc int[MaxSquares];
        if (!TryRead(text, squares, out var count, out var separator))
            return $"'{Shown.Of(text)}' is not a move.";
        Span<Move> moves = stackalloc Move[MoveGenerator.MaxMoves];
        moves = moves[..MoveGenerator.Generate(position, moves)];
        var (found, isExact, isAmbiguous) = (false, false, false);
        foreach (ref readonly var legal in moves)
        {
            if (!Fits(legal, squares[..count], separator, out var isFull) || (isExact && !isFull))
                continue;
            if (found && isExact == isFull)
                isAmbiguous |= position.After(legal) != position.After(move);
            else
                (move, found, isExact, isAmbiguous) = (legal, true, isFull, false);
        }

        if (!found)
            return $"The move {text} is illegal{Why(moves, separator)}.";
        return isAmbiguous ? $"The move {text} is ambiguous." : null;
    }

    private static string Why(ReadOnlySpan<Move> moves, char separator)
    {
        if (moves.IsEmpty)
            return ": the side to move has no move";
        return moves[0].IsCapture && separator == '-' ? ": a capture is mandatory" : "";
    }

    private static bool TryRead(ReadOnlySpan<char> text, Span<int> squares, out int count, out char separator)
    {
        (count, separator) = (0, default);
        var number = 0;
        if (text.Length > MaxLength)
            return false;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsAsciiDigit(text[i]))
            {
                number = (number * 10) + text[i] - '0';
                if (number > 32)
                    return false;
                continue;
            }

            if (number == 0 || count == squares.Length)
                return false;
            (squares[count++], number) = (number, 0);
            if (i == text.Length)
                break;
            var next = text[i] == '-' ? '-' : 'x';
            if (separator != default && (separator != next || next == '-'))
                return false;
            separator = next;
        }

        return count > 1;
    }

    private static bool Fits(in Move move, ReadOnlySpan<int> squares, char separator, out bool isFull)
    {
        Span<int> buffer = stackalloc int[MaxSquares];
        ReadOnlySpan<int> path = buffer[..move.WritePath(buffer)];
        isFull = squares.SequenceEqual(path);
        // Some files write captures with '-', but no file writes a step with 'x'.
        if ((separator == 'x' && !move.IsCapture) || squares[0] != path[0] || squares[^1] != path[^1])
            return false;
        var at = 0;
        foreach (var square in squares[1..^1])
        {
            var next = path[(at + 1)..^1].IndexOf(square);
            if (next < 0)
                return false;
            at += next + 1;
        }

        return true;
    }
}
