namespace TPacket.Transports.Sockets;

/// <summary>Counts who still works on something; the last one out ends it. The first is in from the start.</summary>
internal struct UseCount()
{
    private int _users = 1;

    /// <summary>One more works on it.</summary>
    /// <returns>False when it has ended.</returns>
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

    /// <summary>One has done its work.</summary>
    /// <returns>Whether it was the last one.</returns>
    public bool Leave() => Interlocked.Decrement(ref _users) == 0;
}
