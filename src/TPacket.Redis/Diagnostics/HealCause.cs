namespace TPacket.Server.Redis.Diagnostics;

/// <summary>Why a room's log is read.</summary>
internal enum HealCause
{
    /// <summary>A notification does not follow the last event.</summary>
    Gap,

    /// <summary>The end of the log is elsewhere.</summary>
    Behind,

    /// <summary>Notifications may have been lost: their connection was made anew, or too many have waited.</summary>
    Connection,
}
