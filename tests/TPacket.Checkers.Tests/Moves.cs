using Checkers.Draughts;

namespace TPacket.Checkers.Tests;

/// <summary>Positions and moves for tests.</summary>
internal static class Moves
{
    public static Position At(string fen)
    {
        Assert.True(Fen.TryParse(fen, out var position, out var error), error);
        return position;
    }

    public static Move[] Of(Position position)
    {
        var moves = new Move[MoveGenerator.MaxMoves];
        return moves[..MoveGenerator.Generate(position, moves)];
    }

    /// <summary>Draws random pieces on random squares, without men on their king rows.</summary>
    public static Position Draw(Random random)
    {
        var squares = Enumerable.Range(0, 32).ToArray();
        random.Shuffle(squares);
        var (black, white, kings) = (0u, 0u, 0u);
        foreach (var square in squares.AsSpan(0, random.Next(2, 25)))
        {
            var bit = 1u << square;
            var isBlack = random.Next(2) == 0;
            (black, white) = isBlack ? (black | bit, white) : (black, white | bit);
            if (random.Next(2) == 0 || (bit & Position.KingRow(isBlack ? Side.Black : Side.White)) != 0)
                kings |= bit;
        }

        return new Position(black, white, kings, (Side)random.Next(2));
    }
}
