namespace TPacket.Server.Sessions;

/// <summary>
/// The owner of the sessions of a server's connections. A session notifies its owner when
/// its connection has ended, and when the session has released everything. Thread-safe.
/// </summary>
internal interface ISessionOwner
{
    /// <summary>Releases the place of a session whose connection has ended. A handler may still run, and a store may not have removed the user yet.</summary>
    void OnConnectionEnded(Session session);

    /// <summary>Removes a session that has released everything.</summary>
    void OnCleanedUp(Session session);
}
