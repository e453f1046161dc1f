namespace TPacket.Games;

/// <summary>How the time of a seat runs.</summary>
public enum GameClockKind
{
    /// <summary>A time for all moves.</summary>
    SuddenDeath,

    /// <summary>A time for all moves; each move adds some.</summary>
    Increment,

    /// <summary>A time for all moves; it begins to run a while after the turn.</summary>
    Delay,

    /// <summary>A time for each move.</summary>
    EachMove,
}
