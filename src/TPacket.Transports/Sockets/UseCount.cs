namespace TPacket.Transports.Sockets;

/// <summary>Counts the users of an object, so that the last user ends it. The count begins with one user.</summary>
internal struct UseCount()
{
    private int _users = 1;

    /// <summary>Adds a user.</summary>
    /// <returns>False if the last user has left.</returns>
    public bool TryEnter()
    {
        var users = Volatile.Read(ref _users);
        while (users > 0)
        {
            var before = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (before == users)
                return true;
            users = before;
        }

        return false;
    }

    /// <summary>Removes a user.</summary>
    /// <returns>Whether it was the last user.</returns>
    public bool Leave() => Interlocked.Decrement(ref _users) == 0;
}
