namespace TPacket.Server.Sqlite.Rooms;

/// <summary>A subscription of an open room. The room's mailbox calls it, one call at a time. Catches the subscriber's exceptions.</summary>
internal sealed class Subscription(IRoomSubscriber subscriber)
{
    private volatile bool _isEnded;
    private bool _isLost;
    private bool _awaitsReset;

    /// <summary>Stops all deliveries. Called by any thread.</summary>
    public void End() => _isEnded = true;

    /// <summary>Delivers events, unless the subscriber waits for a snapshot.</summary>
    /// <returns>False if the subscriber needs a snapshot.</returns>
    public bool TryDeliver(ReadOnlySpan<RoomEvent> events)
    {
        if (_isEnded || _isLost || _awaitsReset)
            return true;
        try
        {
            subscriber.OnEvents(events);
            return true;
        }
        catch (Exception)
        {
            // The subscriber may have missed events, so it gets a snapshot.
            _awaitsReset = true;
            return false;
        }
    }

    /// <summary>Delivers a snapshot.</summary>
    public void Reset(RoomSnapshot snapshot)
    {
        if (_isEnded || _isLost)
            return;
        try
        {
            subscriber.OnReset(snapshot);
            _awaitsReset = false;
        }
        catch (Exception e)
        {
            Lose(e);
        }
    }

    private void Lose(Exception cause)
    {
        _isLost = true;
        try
        {
            subscriber.OnLost(cause);
        }
        catch (Exception)
        {
            // The subscription has ended, so nothing depends on the subscriber's exception.
        }
    }
}
