namespace TPacket.Games;

/// <summary>The kind of an action in a game (docs/games.md, Actions).</summary>
public enum GameVerb
{
    /// <summary>A member claims a seat.</summary>
    Claim,

    /// <summary>A member gives up its seat.</summary>
    Leave,

    /// <summary>A member reserves a seat for a user.</summary>
    Reserve,

    /// <summary>A member is ready to begin.</summary>
    Ready,

    /// <summary>A member chooses the start position or the clock.</summary>
    SetUp,

    /// <summary>A member assigns a bot to a seat, or removes it.</summary>
    Bot,

    /// <summary>A seat moves: a member, or the server for a bot.</summary>
    Move,

    /// <summary>A member makes an offer, or agrees to the offer of the other seats.</summary>
    Offer,

    /// <summary>A member declines the offer of the other seats.</summary>
    Decline,

    /// <summary>A member claims a draw under the rules of the game.</summary>
    ClaimDraw,

    /// <summary>A member resigns.</summary>
    Resign,

    /// <summary>A member aborts a game in which not every seat has moved yet.</summary>
    Abort,

    /// <summary>The time of a seat is up. Only the server appends this event.</summary>
    Flag,
}
