using System.Numerics;
using Checkers.Draughts;

namespace Checkers.Computer;

/// <summary>The value of a position without captures, in hundredths of a man.</summary>
internal static class Evaluation
{
    /// <summary>The value of a man.</summary>
    public const int Man = 100;

    /// <summary>The value of a king.</summary>
    public const int King = 140;

    // The four centre squares, the squares around them, and the squares that guard the king row.
    private const uint Centre = 0x00066600;
    private const uint Edge = 0x81818181;
    private const uint BlackGuards = 0x00000005;
    private const uint WhiteGuards = 0xA0000000;
    private const uint DoubleCorners = 0x18000018;

    /// <summary>Returns the value for the side to move.</summary>
    public static int Of(in Position position)
    {
        var (blackMen, blackKings) = (position.Black & ~position.Kings, position.Black & position.Kings);
        var (whiteMen, whiteKings) = (position.White & ~position.Kings, position.White & position.Kings);
        var (black, white) = (Material(blackMen, blackKings), Material(whiteMen, whiteKings));
        var value = black - white;
        // Exchanges help the side that is ahead.
        if (value != 0)
            value += value * 60 / (black + white + 100);
        value += Advance(blackMen, Side.Black) - Advance(whiteMen, Side.White);
        value += Places(position.Black, blackKings, BlackGuards) - Places(position.White, whiteKings, WhiteGuards);
        value += Chase(blackKings, position.White, black - white) - Chase(whiteKings, position.Black, white - black);
        return position.ToMove == Side.Black ? value : -value;
    }

    private static int Material(uint men, uint kings) => (Man * BitOperations.PopCount(men)) + (King * BitOperations.PopCount(kings));

    private static int Advance(uint men, Side side)
    {
        var sum = 0;
        for (var row = 1; row < 7; row++)
        {
            var count = BitOperations.PopCount(men & (0xFu << (4 * row)));
            sum += count * (side == Side.Black ? row : 7 - row);
        }

        return 2 * sum;
    }

    private static int Places(uint pieces, uint kings, uint guards)
    {
        var value = (4 * BitOperations.PopCount(pieces & Centre)) - (3 * BitOperations.PopCount(kings & Edge & ~DoubleCorners));
        return (pieces & guards) == guards ? value + 10 : value;
    }

    /// <summary>Rewards kings of the side that is ahead for approaching the opponent's pieces.</summary>
    private static int Chase(uint kings, uint others, int ahead)
    {
        if (ahead < Man / 2 || kings == 0 || others == 0)
            return 0;
        var value = 0;
        for (; kings != 0; kings &= kings - 1)
        {
            var nearest = 8;
            var (row, column) = Place(BitOperations.TrailingZeroCount(kings));
            for (var rest = others; rest != 0; rest &= rest - 1)
            {
                var (otherRow, otherColumn) = Place(BitOperations.TrailingZeroCount(rest));
                nearest = Math.Min(nearest, Math.Max(Math.Abs(row - otherRow), Math.Abs(column - otherColumn)));
            }

            value -= 3 * nearest;
        }

        return value;
    }

    private static (int Row, int Column) Place(int square)
    {
        var row = square >> 2;
        return (row, (2 * (square & 3)) + (1 - (row & 1)));
    }
}
