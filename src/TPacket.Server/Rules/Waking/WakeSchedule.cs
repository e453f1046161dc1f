using TPacket.Server.Rooms;

namespace TPacket.Server.Rules.Waking;

/// <summary>The wake-up time of a room: the time that its rules request, or a later time after a failure. Guarded by the delivery's lock.</summary>
internal sealed class WakeSchedule(Room room, RulesRoom rules, WakeTimer wakes)
{
    private long? _requested;
    private long _notBefore;
    private bool _isSuspended;

    /// <summary>
    /// The time, in milliseconds since the Unix epoch, before which the server does not
    /// wake the rules again after a failure; null for none. Any thread may read it.
    /// </summary>
    public long? NotBefore => Volatile.Read(ref _notBefore) is var at and > 0 ? at : null;

    /// <summary>Sets the time that the rules request. The caller holds the delivery's lock.</summary>
    public void Set(long? requested)
    {
        if (requested == _requested && (_notBefore > 0 || _isSuspended))
            return;
        _requested = requested;
        Arm();
    }

    /// <summary>Postpones the wake-up after a failure, unless the rules have requested another time meanwhile. Takes the delivery's lock.</summary>
    /// <param name="requested">The requested time of the failed wake-up.</param>
    /// <param name="to">The time of the next attempt.</param>
    public void Postpone(long? requested, long to) => room.Delivery.Locked(rules, _ =>
    {
        if (requested != _requested)
        {
            Arm();
            return false;
        }

        Volatile.Write(ref _notBefore, to);
        wakes.Set(rules, to);
        return true;
    });

    /// <summary>
    /// Suspends wake-ups until work completes or a time is reached, unless the rules have requested another time meanwhile. Takes the delivery's lock.
    /// </summary>
    /// <param name="requested">The requested time of the wake-up.</param>
    /// <param name="until">The time at which to wake the rules even if the work has not completed; null for none.</param>
    public void Suspend(long? requested, long? until) => room.Delivery.Locked(rules, _ =>
    {
        if (requested != _requested)
        {
            Arm();
            return false;
        }

        _isSuspended = true;
        wakes.Set(rules, until);
        return true;
    });

    /// <summary>Ends the suspension after the work has completed. The caller wakes the rules. Takes the delivery's lock.</summary>
    public void Resume() => room.Delivery.Locked(rules, _ => _isSuspended = false);

    /// <summary>Schedules the wake-up at the requested time again. Takes the delivery's lock.</summary>
    public void Rearm() => room.Delivery.Locked(rules, _ =>
    {
        Arm();
        return true;
    });

    private void Arm()
    {
        Volatile.Write(ref _notBefore, 0);
        _isSuspended = false;
        wakes.Set(rules, _requested);
    }
}
