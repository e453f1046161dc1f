using TPacket.Protocol;

namespace TPacket.Games;

/// <summary>Why a game refuses an action: the code of RESP_ERROR (docs/games.md).</summary>
public static class GameErrorCode
{
    /// <summary>The member holds no seat.</summary>
    public const PacketErrorCode NotSeated = (PacketErrorCode)(-64);

    /// <summary>The seat is held by, or reserved for, somebody else, or no seat is free.</summary>
    public const PacketErrorCode SeatTaken = (PacketErrorCode)(-65);

    /// <summary>The member holds a seat already.</summary>
    public const PacketErrorCode SeatedAlready = (PacketErrorCode)(-66);

    /// <summary>It is not the turn of the member's seat.</summary>
    public const PacketErrorCode OutOfTurn = (PacketErrorCode)(-67);

    /// <summary>The rules of the game do not allow the move.</summary>
    public const PacketErrorCode IllegalMove = (PacketErrorCode)(-68);

    /// <summary>No game is running.</summary>
    public const PacketErrorCode NotRunning = (PacketErrorCode)(-69);

    /// <summary>A game is running, or it is over for good.</summary>
    public const PacketErrorCode NotNow = (PacketErrorCode)(-70);

    /// <summary>The time of the member's seat is up.</summary>
    public const PacketErrorCode TimeIsUp = (PacketErrorCode)(-71);

    /// <summary>The game has moved on since the member has seen it.</summary>
    public const PacketErrorCode Stale = (PacketErrorCode)(-72);

    /// <summary>The game does not have, or not allow, what the member asks for.</summary>
    public const PacketErrorCode NotAllowed = (PacketErrorCode)(-73);
}
