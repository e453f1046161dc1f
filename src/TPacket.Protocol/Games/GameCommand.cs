namespace TPacket.Games;

/// <summary>The commands of games on the wire (docs/games.md).</summary>
public static class GameCommand
{
    /// <summary>A member acts in a game, and sees it.</summary>
    public const int Game = 64;

    /// <summary>A member asks for earlier positions of the game, and receives them.</summary>
    public const int Replay = 65;

    /// <summary>A member looks for a game, and sees which there are.</summary>
    public const int Matchmaking = 66;
}
