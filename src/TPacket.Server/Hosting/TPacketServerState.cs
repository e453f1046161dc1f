namespace TPacket.Server;

/// <summary>Whether a server accepts new clients, or the reason why it does not.</summary>
public enum TPacketServerState
{
    /// <summary>The server has not started to accept clients.</summary>
    Starting,

    /// <summary>The server accepts clients.</summary>
    Open,

    /// <summary>
    /// The server has as many connections as <see cref="TPacketServerOptions.MaxConnections"/> allows. It serves these connections and refuses others.
    /// </summary>
    Full,

    /// <summary>New connections wait, because the process or the system is short of file descriptors or memory. The server serves the open connections.</summary>
    Suspended,

    /// <summary>The server closes its connections and accepts no new connections.</summary>
    Draining,

    /// <summary>The server has stopped.</summary>
    Stopped,
}
