namespace Checkers.Draughts;

/// <summary>The pieces and the side to move. Square n is bit n - 1.</summary>
/// <param name="Black">The squares of Black's pieces.</param>
/// <param name="White">The squares of White's pieces.</param>
/// <param name="Kings">The squares of the kings of both sides.</param>
/// <param name="ToMove">The side to move.</param>
internal readonly record struct Position(uint Black, uint White, uint Kings, Side ToMove)
{
    private const uint FirstRow = 0x0000000F;
    private const uint LastRow = 0xF0000000;

    /// <summary>The initial position.</summary>
    public static Position Start => new(0x00000FFF, 0xFFF00000, 0, Side.Black);

    /// <summary>The pieces of the side to move.</summary>
    public uint Own => ToMove == Side.Black ? Black : White;

    /// <summary>The pieces of the other side.</summary>
    public uint Other => ToMove == Side.Black ? White : Black;

    /// <summary>The squares without a piece.</summary>
    public uint Empty => ~(Black | White);

    /// <summary>The squares on which a man of a side becomes a king.</summary>
    public static uint KingRow(Side side) => side == Side.Black ? LastRow : FirstRow;

    /// <summary>Returns whether a move is irreversible: it captures or moves a man.</summary>
    public bool IsProgress(in Move move) => move.IsCapture || (Kings & (1u << move.From)) == 0;

    /// <summary>Returns the position after a legal move.</summary>
    public Position After(in Move move)
    {
        var (from, to) = (1u << move.From, 1u << move.To);
        var own = (Own & ~from) | to;
        var other = Other & ~move.Captured;
        var isKing = (Kings & from) != 0 || (to & KingRow(ToMove)) != 0;
        var kings = (Kings & ~(from | move.Captured)) | (isKing ? to : 0);
        return ToMove == Side.Black ? new Position(own, other, kings, Side.White) : new Position(other, own, kings, Side.Black);
    }

    /// <inheritdoc cref="Fen.Format"/>
    public override string ToString() => Fen.Format(this);
}
