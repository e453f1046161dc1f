using TPacket.Server.Rooms;

namespace TPacket.Server.Rules;

/// <summary>When a room is woken: at the time that its rules name, or later where they have failed at that time. Guarded by the delivery's lock.</summary>
internal sealed class RulesWake(Room room, RulesRoom rules, RoomWakes wakes)
{
    private long? _wakeAt;
    private long _notBefore;

    /// <summary>The time, in milliseconds since the Unix epoch, up to which the rules are left alone; null for none. Read by any thread.</summary>
    public long? NotBefore => Volatile.Read(ref _notBefore) is var at and > 0 ? at : null;

    /// <summary>The rules name a time. The caller holds the delivery's lock.</summary>
    public void Set(long? wakeAt)
    {
        if (wakeAt == _wakeAt && _notBefore > 0)
            return;
        _wakeAt = wakeAt;
        Volatile.Write(ref _notBefore, 0);
        wakes.Set(rules, wakeAt);
    }

    /// <summary>The rules are left alone up to a time, unless they name another one meanwhile. Takes the delivery's lock.</summary>
    public void PutOff(long to) => room.Delivery.Locked(rules, rules =>
    {
        Volatile.Write(ref _notBefore, to);
        wakes.Set(rules, to);
        return to;
    });
}
