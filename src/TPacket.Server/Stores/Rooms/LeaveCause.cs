namespace TPacket.Server;

/// <summary>The cause of a leave.</summary>
public enum LeaveCause : byte
{
    /// <summary>The connection ended.</summary>
    Disconnected,

    /// <summary>The user entered another room, or left on request.</summary>
    Moved,

    /// <summary>The host removed the user.</summary>
    Removed,

    /// <summary>The user was away for longer than its grace.</summary>
    Expired,

    /// <summary>The server of the connection failed.</summary>
    NodeLost,
}
