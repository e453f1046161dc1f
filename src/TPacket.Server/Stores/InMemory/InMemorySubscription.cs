namespace TPacket.Server.Stores;

/// <summary>One subscriber of a log in memory. Its faults stay its own.</summary>
internal sealed class InMemorySubscription(IRoomSubscriber subscriber)
{
    private bool _isLost;

    /// <returns>False when the subscriber has to be reset.</returns>
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
            // A snapshot takes the place of the events that the subscriber may have missed.
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
