namespace TPacket.Games.Matchmaking;

/// <summary>The kind of an action in matchmaking (docs/games.md, Matchmaking).</summary>
internal enum MatchmakingVerb
{
    /// <summary>A member looks for an opponent by rating.</summary>
    Seek,

    /// <summary>A member opens a game that other members may join.</summary>
    Open,

    /// <summary>A member joins an open game.</summary>
    Join,

    /// <summary>A member stops looking for a game, or gives up its match.</summary>
    Cancel,

    /// <summary>Two members are matched. Only the server appends this event.</summary>
    Match,
}
