namespace TPacket.Server.Stores.InMemory;

/// <summary>A subscription to a log in memory. Catches the exceptions of the subscriber. Guarded by the lock of the log.</summary>
internal sealed class InMemorySubscription(IRoomSubscriber subscriber)
{
    private bool _isLost;

    /// <summary>Delivers events.</summary>
    /// <returns>False if the subscriber must be reset.</returns>
    public bool TryDeliver(ReadOnlySpan<RoomEvent> events)
    {
        if (_isLost)
            return true;
        try
        {
            subscriber.OnEvents(events);
            return true;
        }
        catch (Exception)
        {
            // A snapshot replaces the events that the subscriber may have missed.
            return false;
        }
    }

    public void Reset(RoomSnapshot snapshot)
    {
        try
        {
            subscriber.OnReset(snapshot);
        }
        catch (Exception e)
        {
            _isLost = true;
            subscriber.OnLost(e);
        }
    }
}
