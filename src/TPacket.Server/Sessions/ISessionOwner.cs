namespace TPacket.Server.Sessions;

/// <summary>Keeps the sessions of a server's connections. A session calls it when its connection ends, and when it has released everything. Thread-safe.</summary>
internal interface ISessionOwner
{
    /// <summary>Releases the place of a session whose connection has ended. A handler may still run, and a store may not have removed the user yet.</summary>
    void OnConnectionEnded(Session session);

    /// <summary>Removes a session that has released everything.</summary>
    void OnCleanedUp(Session session);
}
