namespace TPacket.Server;

/// <summary>Whether a server takes new clients, and why not.</summary>
public enum TPacketServerState
{
    /// <summary>The server has not begun to accept.</summary>
    Starting,

    /// <summary>The server accepts clients.</summary>
    Open,

    /// <summary>The server has as many connections as <see cref="TPacketServerOptions.MaxConnections"/> allows. It serves these, and refuses others.</summary>
    Full,

    /// <summary>Connections wait to be accepted, because the process or the system is short of file descriptors or memory. The server serves those that are open.</summary>
    Suspended,

    /// <summary>The server closes its connections and accepts no others.</summary>
    Draining,

    /// <summary>The server has stopped.</summary>
    Stopped,
}
