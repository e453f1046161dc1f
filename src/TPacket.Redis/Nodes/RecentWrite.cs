namespace TPacket.Server.Redis.Nodes;

/// <summary>One of the latest writes of this node.</summary>
/// <param name="at">When it was about to be sent, as a timestamp.</param>
/// <param name="write">The write.</param>
internal sealed class RecentWrite<T>(long at, T write)
{
    private volatile bool _isRefused;

    public long At => at;

    public T Write => write;

    /// <summary>Whether Redis has refused it: it is not sent once more.</summary>
    public bool IsRefused => _isRefused;

    /// <summary>Redis has refused it.</summary>
    public void Refuse() => _isRefused = true;
}
