namespace TPacket.Games;

/// <summary>An offer of one seat to the others. It takes effect when all seats agree.</summary>
[Flags]
public enum GameOffer
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The game ends without a winner.</summary>
    Draw = 1,

    /// <summary>The moves from the last one of the seat that has offered it first are taken back.</summary>
    Takeback = 2,

    /// <summary>Another game begins.</summary>
    Rematch = 4,

    /// <summary>Each member moves on to the next seat; behind a game another one begins with it.</summary>
    Swap = 8,
}
