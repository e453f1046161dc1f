namespace TPacket.Games;

/// <summary>The offers of one seat to the others. An offer takes effect when all seats have made it; bots agree to every offer but a draw (docs/games.md).</summary>
[Flags]
public enum GameOffer
{
    /// <summary>No offer.</summary>
    None = 0,

    /// <summary>The game ends without a winner.</summary>
    Draw = 1,

    /// <summary>The last move of the seat that offered first is taken back, with all moves after it.</summary>
    Takeback = 2,

    /// <summary>Another game begins.</summary>
    Rematch = 4,

    /// <summary>Each member moves to the next seat. After a game, the next game begins as well.</summary>
    Swap = 8,
}
