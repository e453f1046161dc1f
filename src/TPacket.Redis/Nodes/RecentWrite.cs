namespace TPacket.Server.Redis.Nodes;

/// <summary>A recent write of this node.</summary>
/// <param name="at">The timestamp before the write was sent.</param>
/// <param name="write">The write.</param>
internal sealed class RecentWrite<T>(long at, T write)
{
    private volatile bool _isRefused;

    public long At => at;

    public T Write => write;

    /// <summary>Whether Redis has rejected the write. A rejected write is not repeated.</summary>
    public bool IsRefused => _isRefused;

    /// <summary>Marks the write as rejected.</summary>
    public void Refuse() => _isRefused = true;
}
