namespace TPacket.Games;

/// <summary>The kinds of actions in a game.</summary>
public enum GameVerb
{
    /// <summary>A member takes a seat.</summary>
    Claim,

    /// <summary>A member gives its seat up.</summary>
    Leave,

    /// <summary>A member reserves a seat for a user.</summary>
    Reserve,

    /// <summary>A member is ready to begin.</summary>
    Ready,

    /// <summary>A member chooses the position or the clock to begin with.</summary>
    SetUp,

    /// <summary>A member has the server play for a seat, or no longer.</summary>
    Bot,

    /// <summary>A member, or the server for a bot, moves.</summary>
    Move,

    /// <summary>A member offers something, or agrees to what the others have offered.</summary>
    Offer,

    /// <summary>A member declines what the others have offered.</summary>
    Decline,

    /// <summary>A member claims a draw that the rules of the game give it.</summary>
    ClaimDraw,

    /// <summary>A member gives up.</summary>
    Resign,

    /// <summary>A member ends a game that has hardly begun.</summary>
    Abort,

    /// <summary>The time of a seat is up. Only the server does this.</summary>
    Flag,
}
