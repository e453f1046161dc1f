namespace TPacket.Games;

/// <summary>The phase of a game.</summary>
public enum GamePhase
{
    /// <summary>Seats are free, or not everybody is ready.</summary>
    Open,

    /// <summary>A game is running.</summary>
    Running,

    /// <summary>The game is over. Another one may follow.</summary>
    Over,

    /// <summary>The game is over and all members have left their seats: nothing can happen any more.</summary>
    Closed,
}
