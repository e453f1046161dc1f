namespace Checkers.Draughts;

/// <summary>The diagonal steps on the 32 dark squares. Square n is bit n - 1; even rows begin one column later than odd rows.</summary>
internal static class Direction
{
    /// <summary>Towards square 32, to the next column; the first of Black's two forward directions.</summary>
    public const int DownRight = 0;

    /// <summary>Towards square 32, to the previous column.</summary>
    public const int DownLeft = 1;

    /// <summary>Towards square 1, to the next column; the first of White's two forward directions.</summary>
    public const int UpRight = 2;

    /// <summary>Towards square 1, to the previous column.</summary>
    public const int UpLeft = 3;

    private const uint EvenRows = 0x0F0F0F0F;
    private const uint OddRows = 0xF0F0F0F0;
    private const uint EvenRowsButLastColumn = 0x07070707;
    private const uint OddRowsButFirstColumn = 0xE0E0E0E0;

    /// <summary>Moves all squares of a set one step. Drops squares that would leave the board.</summary>
    public static uint Step(uint squares, int direction) => direction switch
    {
        DownRight => ((squares & EvenRowsButLastColumn) << 5) | ((squares & OddRows) << 4),
        DownLeft => ((squares & EvenRows) << 4) | ((squares & OddRowsButFirstColumn) << 3),
        UpRight => ((squares & EvenRowsButLastColumn) >> 3) | ((squares & OddRows) >> 4),
        _ => ((squares & EvenRows) >> 4) | ((squares & OddRowsButFirstColumn) >> 5),
    };
}
