namespace TPacket.Transports.Sockets;

/// <summary>Counts the references to an object, so that the last release ends it. The count begins with one reference.</summary>
internal struct ReferenceCount()
{
    private int _references = 1;

    /// <summary>Adds a reference.</summary>
    /// <returns>False if the last reference was released.</returns>
    public bool TryAdd()
    {
        var count = Volatile.Read(ref _references);
        while (count > 0)
        {
            var before = Interlocked.CompareExchange(ref _references, count + 1, count);
            if (before == count)
                return true;
            count = before;
        }

        return false;
    }

    /// <summary>Releases a reference.</summary>
    /// <returns>Whether it was the last reference.</returns>
    public bool Release() => Interlocked.Decrement(ref _references) == 0;
}
