namespace TPacket.Server.Redis.Rooms;

/// <summary>
/// Combines consecutive notifications of one room that were received together into one delivery, so that each member gets one write for all of them.
/// </summary>
internal sealed class NotificationRun
{
    private const int MaxEvents = 64;

    private readonly List<RoomEvent> _events = [];
    private RoomNotification? _first;

    /// <summary>Adds the next notification.</summary>
    /// <returns>False if the notification is of another room or does not follow the last one, or if the run has its maximum length.</returns>
    public bool TryAdd(RoomNotification next)
    {
        if (_first is null)
        {
            _first = next;
            return true;
        }

        var last = _events.Count > 0 ? _events[^1] : _first.Events[^1];
        if (next.Room != _first.Room || next.Epoch != _first.Epoch || next.Previous != last.Check || next.Events[0].Offset != last.Offset + 1 || _events.Count >= MaxEvents)
            return false;
        if (_events.Count == 0)
            _events.AddRange(_first.Events);
        _events.AddRange(next.Events);
        return true;
    }

    /// <summary>Ends the run.</summary>
    /// <returns>All of its notifications as one; null if there is none.</returns>
    public RoomNotification? Take()
    {
        var taken = _events.Count == 0 ? _first : _first! with { Events = [.. _events] };
        _events.Clear();
        _first = null;
        return taken;
    }
}
