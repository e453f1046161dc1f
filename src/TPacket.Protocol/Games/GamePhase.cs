namespace TPacket.Games;

/// <summary>The phase of a game.</summary>
public enum GamePhase
{
    /// <summary>A seat is free, or a seated member is not ready.</summary>
    Open,

    /// <summary>A game is running.</summary>
    Running,

    /// <summary>The game is over. Another game may follow.</summary>
    Over,

    /// <summary>The game is over and all members have left their seats. No other game can follow.</summary>
    Closed,
}
