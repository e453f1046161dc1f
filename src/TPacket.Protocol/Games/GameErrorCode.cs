using TPacket.Protocol;

namespace TPacket.Games;

/// <summary>The RESP_ERROR codes with which a game rejects an action (docs/games.md).</summary>
public static class GameErrorCode
{
    /// <summary>The member holds no seat.</summary>
    public const PacketErrorCode NotSeated = (PacketErrorCode)(-64);

    /// <summary>The seat is held by or reserved for another member, or no seat is free.</summary>
    public const PacketErrorCode SeatTaken = (PacketErrorCode)(-65);

    /// <summary>The member already holds a seat.</summary>
    public const PacketErrorCode SeatedAlready = (PacketErrorCode)(-66);

    /// <summary>It is not the turn of the member's seat.</summary>
    public const PacketErrorCode OutOfTurn = (PacketErrorCode)(-67);

    /// <summary>The rules of the game do not allow the move.</summary>
    public const PacketErrorCode IllegalMove = (PacketErrorCode)(-68);

    /// <summary>No game is running.</summary>
    public const PacketErrorCode NotRunning = (PacketErrorCode)(-69);

    /// <summary>The action or the offer is not possible in the current phase of the game.</summary>
    public const PacketErrorCode NotNow = (PacketErrorCode)(-70);

    /// <summary>The time of the member's seat is up.</summary>
    public const PacketErrorCode TimeIsUp = (PacketErrorCode)(-71);

    /// <summary>The game has changed since the state that the member's action refers to.</summary>
    public const PacketErrorCode Stale = (PacketErrorCode)(-72);

    /// <summary>The game does not support or does not allow the action.</summary>
    public const PacketErrorCode NotAllowed = (PacketErrorCode)(-73);
}
