using Microsoft.Extensions.Options;
using TPacket.Server.Rooms.Delivery;
using TPacket.Transports.Loops;

namespace TPacket.Server.Rooms.Presence;

/// <summary>The timer of the presence period, shared by all large rooms. It runs only while presence is pending. Thread-safe.</summary>
internal sealed class PresenceTimer : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeSpan _period;
    private readonly ITimer _timer;
    private List<RoomDelivery> _due = [];

    public PresenceTimer(TimeProvider timeProvider, IOptions<TPacketServerOptions> options)
    {
        _period = options.Value.PresencePeriod;
        _timer = timeProvider.CreateTimer(static state => ((PresenceTimer)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Schedules one call of <see cref="RoomDelivery.SendPresence"/> at the end of the period.</summary>
    public void Add(RoomDelivery delivery)
    {
        lock (_gate)
        {
            _due.Add(delivery);
            if (_due.Count == 1)
                _timer.Change(_period, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        List<RoomDelivery> due;
        lock (_gate)
            (due, _due) = (_due, []);
        var batch = FlushBatch.Enter();
        try
        {
            foreach (var delivery in due)
                delivery.SendPresence();
        }
        finally
        {
            batch.Exit();
        }
    }
}
