namespace TPacket.Games;

/// <summary>The way in which the time of a seat runs.</summary>
public enum GameClockKind
{
    /// <summary>One time for all moves.</summary>
    SuddenDeath,

    /// <summary>One time for all moves. Each move adds an increment.</summary>
    Increment,

    /// <summary>One time for all moves. In each turn, the time begins to run after a delay.</summary>
    Delay,

    /// <summary>The same time for each move.</summary>
    EachMove,
}
