using TPacket.Server.Rooms;

namespace TPacket.Server.Rules;

/// <summary>When a room is woken: at the time that its rules name, or later where they have failed to decide at that time. Guarded by the delivery's lock.</summary>
internal sealed class WakeSchedule(Room room, RulesRoom rules, WakeTimer wakes)
{
    private long? _named;
    private long _notBefore;
    private bool _isSuspended;

    /// <summary>The time, in milliseconds since the Unix epoch, up to which the rules are left alone; null for none. Read by any thread.</summary>
    public long? NotBefore => Volatile.Read(ref _notBefore) is var at and > 0 ? at : null;

    /// <summary>The rules name a time. The caller holds the delivery's lock.</summary>
    public void Set(long? named)
    {
        if (named == _named && (_notBefore > 0 || _isSuspended))
            return;
        _named = named;
        Arm();
    }

    /// <summary>The rules are left alone for a time, unless they name another time meanwhile. Takes the delivery's lock.</summary>
    /// <param name="named">The time at which they have failed.</param>
    /// <param name="to">The time to ask them again.</param>
    public void PutOff(long? named, long to) => room.Delivery.Locked(rules, _ =>
    {
        if (named != _named)
        {
            Arm();
            return false;
        }

        Volatile.Write(ref _notBefore, to);
        wakes.Set(rules, to);
        return true;
    });

    /// <summary>The rules wait for work: they are woken when it has completed, or at a time, unless they name another time meanwhile. Takes the delivery's lock.</summary>
    /// <param name="named">The time at which they were woken.</param>
    /// <param name="until">The time to ask them again although the work has not completed; null for none.</param>
    public void Suspend(long? named, long? until) => room.Delivery.Locked(rules, _ =>
    {
        if (named != _named)
        {
            Arm();
            return false;
        }

        _isSuspended = true;
        wakes.Set(rules, until);
        return true;
    });

    /// <summary>The work has completed, and the caller wakes the rules. Takes the delivery's lock.</summary>
    public void Resume() => room.Delivery.Locked(rules, _ => _isSuspended = false);

    /// <summary>Wakes the room at the time that its rules name. Takes the delivery's lock.</summary>
    public void ArmAgain() => room.Delivery.Locked(rules, _ =>
    {
        Arm();
        return true;
    });

    private void Arm()
    {
        Volatile.Write(ref _notBefore, 0);
        _isSuspended = false;
        wakes.Set(rules, _named);
    }
}
