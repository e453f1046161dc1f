namespace TPacket.Games;

/// <summary>The wire's commands for games (docs/games.md).</summary>
public static class GameCommand
{
    /// <summary>Both directions. Client to server: an action in the game. Server to client: the member's view of the game.</summary>
    public const int Game = 64;

    /// <summary>Both directions. Client to server: a request for earlier boards of the game. Server to client: the boards.</summary>
    public const int Replay = 65;

    /// <summary>Both directions. Client to server: a matchmaking action. Server to client: the open games and the member's own game.</summary>
    public const int Matchmaking = 66;
}
