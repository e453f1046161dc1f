namespace TPacket.Server;

/// <summary>A block of user ids that a server can assign, each once. Thread-safe.</summary>
/// <param name="first">The first id, positive.</param>
/// <param name="count">The number of ids.</param>
public sealed class UserIdBlock(int first, int count)
{
    private int _taken;

    /// <summary>Whether an id is available.</summary>
    public bool HasMore => Volatile.Read(ref _taken) < count;

    /// <summary>Takes the next id.</summary>
    /// <param name="id">The id; undefined if the method returns false.</param>
    /// <returns>False if the block is used up.</returns>
    public bool TryTake(out int id)
    {
        // The count stops at the end of the block, so that it cannot overflow.
        var index = HasMore ? Interlocked.Increment(ref _taken) - 1 : count;
        id = first + index;
        return index < count;
    }
}
