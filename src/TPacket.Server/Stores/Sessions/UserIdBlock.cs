namespace TPacket.Server;

/// <summary>Ids that a server may give to users; each is taken once. Thread-safe.</summary>
/// <param name="first">The first id, positive.</param>
/// <param name="count">How many there are.</param>
public sealed class UserIdBlock(int first, int count)
{
    private int _taken;

    /// <summary>Whether an id is left.</summary>
    public bool HasMore => Volatile.Read(ref _taken) < count;

    /// <summary>Takes the next id.</summary>
    /// <returns>False when none is left.</returns>
    public bool TryTake(out int id)
    {
        // Once the block is empty, the count is not driven further, so that it cannot overflow.
        var index = HasMore ? Interlocked.Increment(ref _taken) - 1 : count;
        id = first + index;
        return index < count;
    }
}
