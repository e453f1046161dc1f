using TPacket.Server.Sessions.Resumption;

namespace TPacket.Server.Sessions;

/// <summary>
/// The application's items of a user without a user session. A user session adopts the items when it begins. Thread-safe; a field that is never copied.
/// </summary>
internal struct ConnectionItems
{
    private ItemCollection? _own;

    /// <summary>Returns the items of a connection's user: the items of its user session if it has one, otherwise the connection's own items.</summary>
    public ItemCollection Of(Session connection)
    {
        if (connection.UserSession is { } kept)
            return kept.Items;
        var own = Volatile.Read(ref _own) ?? Interlocked.CompareExchange(ref _own, new ItemCollection(), null) ?? _own;
        Interlocked.MemoryBarrier();
        // A user session that began meanwhile has not adopted these items.
        return connection.UserSession?.AdoptItems(own) ?? own;
    }

    /// <summary>Moves the items to the connection's user session, which must be set before.</summary>
    public void MoveTo(UserSession session)
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _own) is { } own)
            session.AdoptItems(own);
    }
}
