namespace TPacket.Server.Sqlite.Rooms;

/// <summary>One subscriber of an open room. Used by the room's mailbox alone, one call at a time. The subscriber's faults stay its own.</summary>
internal sealed class Subscription(IRoomSubscriber subscriber)
{
    private volatile bool _isEnded;
    private bool _isLost;
    private bool _awaitsReset;

    /// <summary>Delivers nothing more from now on.</summary>
    public void End() => _isEnded = true;

    /// <summary>Delivers events, unless the subscriber waits for a snapshot.</summary>
    /// <returns>False when the subscriber has to be reset.</returns>
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
            // A snapshot takes the place of the events that the subscriber may have missed.
            _awaitsReset = true;
            return false;
        }
    }

    /// <summary>Continues from a snapshot.</summary>
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
            // There is nobody left to notify.
        }
    }
}
