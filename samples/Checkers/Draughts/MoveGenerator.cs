using System.Numerics;

namespace Checkers.Draughts;

/// <summary>
/// Generates the legal moves of English draughts by the rules of the WCDF. A capture is mandatory. Any capture may be chosen, but its jumps continue until no other is possible. A man that reaches the
/// king row ends its move. A piece is jumped at most once; a king may pass a square twice and return to its first square.
/// </summary>
internal static class MoveGenerator
{
    /// <summary>An upper limit of the moves in a position.</summary>
    public const int MaxMoves = 128;

    /// <summary>An upper limit of the jumps in a move: a piece can jump only over a 3 x 3 grid of squares.</summary>
    public const int MaxJumps = 9;

    /// <summary>Writes the legal moves of the side to move. A side without a legal move has lost.</summary>
    /// <param name="position">The position.</param>
    /// <param name="moves">The destination, with at least <see cref="MaxMoves"/> elements.</param>
    /// <returns>The number of moves.</returns>
    public static int Generate(in Position position, Span<Move> moves)
    {
        var captures = GenerateCaptures(position, moves);
        return captures > 0 ? captures : GenerateSteps(position, moves);
    }

    /// <summary>Writes the legal captures of the side to move.</summary>
    /// <inheritdoc cref="Generate"/>
    public static int GenerateCaptures(in Position position, Span<Move> moves)
    {
        var list = new List(position, moves);
        for (var jumpers = Jumpers(position); jumpers != 0; jumpers &= jumpers - 1)
            list.AddCaptures(BitOperations.TrailingZeroCount(jumpers));
        return list.Count;
    }

    /// <summary>Returns the pieces of the side to move that can capture.</summary>
    public static uint Jumpers(in Position position)
    {
        var (own, other, empty) = (position.Own, position.Other, position.Empty);
        var jumpers = 0u;
        for (var direction = 0; direction < 4; direction++)
        {
            var back = 3 - direction;
            var over = other & Direction.Step(empty, back);
            jumpers |= Direction.Step(over, back) & Movers(position, own, direction);
        }

        return jumpers;
    }

    private static int GenerateSteps(in Position position, Span<Move> moves)
    {
        var (own, empty) = (position.Own, position.Empty);
        var count = 0;
        for (var direction = 0; direction < 4; direction++)
        {
            for (var targets = Direction.Step(Movers(position, own, direction), direction) & empty; targets != 0; targets &= targets - 1)
            {
                var to = BitOperations.TrailingZeroCount(targets);
                var from = BitOperations.TrailingZeroCount(Direction.Step(1u << to, 3 - direction));
                moves[count++] = new Move((byte)from, (byte)to, 0, 0, 0);
            }
        }

        return count;
    }

    /// <summary>Returns the pieces that may move in a direction: kings in all directions, men towards their king row.</summary>
    private static uint Movers(in Position position, uint own, int direction) =>
        (position.ToMove == Side.Black) == (direction is Direction.DownRight or Direction.DownLeft) ? own : own & position.Kings;

    private ref struct List(in Position position, Span<Move> moves)
    {
        private readonly Span<Move> _moves = moves;
        private readonly uint _other = position.Other;
        private readonly uint _kingRow = Position.KingRow(position.ToMove);
        private readonly uint _kings = position.Kings;
        private readonly int _forward = position.ToMove == Side.Black ? Direction.DownRight : Direction.UpRight;
        private uint _empty = position.Empty;

        public int Count { get; private set; }

        public void AddCaptures(int from)
        {
            var start = 1u << from;
            // The piece's first square is free for the rest of the move.
            _empty |= start;
            AddCaptures(from, start, (_kings & start) != 0, 0, 0, 0);
            _empty &= ~start;
        }

        private bool AddCaptures(int from, uint at, bool isKing, uint captured, uint directions, int jumps)
        {
            var hasJumped = false;
            var (first, last) = isKing ? (0, 3) : (_forward, _forward + 1);
            for (var direction = first; direction <= last; direction++)
            {
                var over = Direction.Step(at, direction) & _other & ~captured;
                var to = Direction.Step(over, direction) & _empty;
                if (to == 0)
                    continue;
                hasJumped = true;
                var (taken, way) = (captured | over, directions | ((uint)direction << (2 * jumps)));
                var isCrowned = !isKing && (to & _kingRow) != 0;
                if (isCrowned || !AddCaptures(from, to, isKing, taken, way, jumps + 1))
                    _moves[Count++] = new Move((byte)from, (byte)BitOperations.TrailingZeroCount(to), (byte)(jumps + 1), taken, way);
            }

            return hasJumped;
        }
    }
}
