using System.Globalization;
using System.Numerics;
using System.Text;

namespace Checkers.Draughts;

/// <summary>A complete move: a step, or all jumps of a capture. Two paths over the same pieces are two moves.</summary>
/// <param name="From">The index of the first square, 0 to 31.</param>
/// <param name="To">The index of the last square. A king may return to its first square.</param>
/// <param name="Jumps">The number of captured pieces, at most 9.</param>
/// <param name="Captured">The squares of the captured pieces.</param>
/// <param name="Directions">The direction of each jump, two bits each, the first jump in the lowest bits.</param>
internal readonly record struct Move(byte From, byte To, byte Jumps, uint Captured, uint Directions)
{
    /// <summary>Whether the move is a capture.</summary>
    public bool IsCapture => Jumps > 0;

    /// <summary>Writes the numbers of the squares on the piece's path, including the first and the last.</summary>
    /// <param name="squares">The destination, with at least <see cref="Jumps"/> + 1 elements and at least 2.</param>
    /// <returns>The number of squares.</returns>
    public int WritePath(Span<int> squares)
    {
        squares[0] = From + 1;
        if (!IsCapture)
        {
            squares[1] = To + 1;
            return 2;
        }

        var at = 1u << From;
        for (var i = 0; i < Jumps; i++)
        {
            var direction = (int)(Directions >> (2 * i)) & 3;
            at = Direction.Step(Direction.Step(at, direction), direction);
            squares[i + 1] = BitOperations.TrailingZeroCount(at) + 1;
        }

        return Jumps + 1;
    }

    /// <summary>Formats the move in full: <c>11-15</c> or <c>26x17x10</c>.</summary>
    public override string ToString()
    {
        Span<int> squares = stackalloc int[MoveGenerator.MaxJumps + 1];
        var count = WritePath(squares);
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            if (i > 0)
                text.Append(IsCapture ? 'x' : '-');
            text.Append(squares[i].ToString(CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
