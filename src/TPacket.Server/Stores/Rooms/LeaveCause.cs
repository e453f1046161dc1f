namespace TPacket.Server;

/// <summary>Why a user left a room.</summary>
public enum LeaveCause : byte
{
    /// <summary>Its connection ended.</summary>
    Disconnected,

    /// <summary>It went into another room, or left on request.</summary>
    Moved,

    /// <summary>The host removed it.</summary>
    Removed,

    /// <summary>It was away for longer than its grace.</summary>
    Expired,

    /// <summary>The server that held its connection is gone.</summary>
    NodeLost,
}
