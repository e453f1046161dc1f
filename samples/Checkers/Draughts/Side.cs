namespace Checkers.Draughts;

/// <summary>The two sides. Black begins on the squares 1 to 12 and moves first.</summary>
internal enum Side
{
    /// <summary>The side that moves first, towards square 32.</summary>
    Black,

    /// <summary>The side that moves second, towards square 1.</summary>
    White,
}
