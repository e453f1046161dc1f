namespace TPacket.Server.Redis.Diagnostics;

/// <summary>The reason why a feed reads the room's log.</summary>
internal enum CatchUpCause
{
    /// <summary>A notification does not follow the last delivered event.</summary>
    Gap,

    /// <summary>A comparison with the end of the log has found missing events.</summary>
    Behind,

    /// <summary>Notifications may have been lost, because the connection for notifications was reestablished or their queue was full.</summary>
    Connection,
}
