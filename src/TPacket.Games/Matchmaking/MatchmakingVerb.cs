namespace TPacket.Games.Matchmaking;

/// <summary>The kinds of actions of matchmaking.</summary>
internal enum MatchmakingVerb
{
    /// <summary>A member looks for an opponent by rating.</summary>
    Seek,

    /// <summary>A member opens a game that others may join.</summary>
    Open,

    /// <summary>A member joins an open game.</summary>
    Join,

    /// <summary>A member looks for no game any more.</summary>
    Cancel,

    /// <summary>Two members have a game. Only the server does this.</summary>
    Match,
}
