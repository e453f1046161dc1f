using TPacket.Server.Sessions.Resumption;

namespace TPacket.Server.Sessions;

/// <summary>The application's items of a user before it has a user session, which adopts them. Thread-safe; a field that is never copied.</summary>
internal struct ConnectionItems
{
    private ItemCollection? _own;

    /// <summary>Returns the items of a connection's user: the items of its user session, or its own.</summary>
    public ItemCollection Of(Session connection)
    {
        if (connection.UserSession is { } kept)
            return kept.Items;
        var own = Volatile.Read(ref _own) ?? Interlocked.CompareExchange(ref _own, new ItemCollection(), null) ?? _own;
        Interlocked.MemoryBarrier();
        // A user session that began meanwhile has not adopted these items.
        return connection.UserSession?.AdoptItems(own) ?? own;
    }

    /// <summary>Gives the items to a user session, which the connection has already.</summary>
    public void MoveTo(UserSession session)
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _own) is { } own)
            session.AdoptItems(own);
    }
}
