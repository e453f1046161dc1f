using System.Diagnostics.Metrics;

namespace TPacket.Server.Redis.Diagnostics;

/// <summary>The meter <c>TPacket.Redis</c>. Tags have few values each: never a nick, a room or an address.</summary>
internal sealed class RedisMetrics : IDisposable
{
    public const string MeterName = "TPacket.Redis";

    private const string Outcome = "tpacket.outcome";
    private const string Cause = "tpacket.cause";

    private readonly Meter _meter;
    private readonly Histogram<double> _appends;
    private readonly Counter<long> _heals;
    private readonly Counter<long> _snapshots;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _replaced;
    private readonly Counter<long> _lost;
    private Func<TimeSpan>? _lease;

    public RedisMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _appends = _meter.CreateHistogram<double>("tpacket.redis.append.duration", "s", "How long appends took, from the call to the answer of Redis.");
        _heals = _meter.CreateCounter<long>("tpacket.redis.heals", "{read}", "Reads of a room's log because the node was not notified of its events.");
        _snapshots = _meter.CreateCounter<long>("tpacket.redis.snapshots", "{snapshot}", "Snapshots that took the place of events, because a room's log could not continue.");
        _dropped = _meter.CreateCounter<long>("tpacket.redis.dropped_notifications", "{notification}", "Notifications that were dropped because too many waited.");
        _replaced = _meter.CreateCounter<long>("tpacket.redis.replaced_subscriptions", "{connection}", "Connections for notifications that were replaced because they brought nothing.");
        _lost = _meter.CreateCounter<long>("tpacket.redis.lost_leases", "{lease}", "Leases of this server that another node took away.");
        _meter.CreateObservableGauge("tpacket.redis.lease.remaining", () => (_lease?.Invoke() ?? default).TotalSeconds, "s", "For how long the node serves without another renewal; 0 where it does not serve.");
    }

    /// <summary>Whether anybody listens to durations of appends.</summary>
    public bool TimesAppends => _appends.Enabled;

    /// <summary>Has the lease be observed.</summary>
    /// <param name="lease">Returns for how long the node serves without another renewal.</param>
    public void ObserveLease(Func<TimeSpan> lease) => _lease = lease;

    /// <summary>Redis has answered an append, or has not.</summary>
    /// <param name="status">The answer; null where the append failed.</param>
    /// <param name="duration">How long it took.</param>
    public void Appended(AppendStatus? status, TimeSpan duration)
    {
        try
        {
            _appends.Record(duration.TotalSeconds, new KeyValuePair<string, object?>(Outcome, status switch { null => "Failed", AppendStatus.Appended => "Appended", _ => "Refused" }));
        }
        catch (Exception)
        {
            // A listener has failed, not the append.
        }
    }

    /// <summary>A room's log is read.</summary>
    public void Healed(HealCause cause) => Count(_heals, 1, new KeyValuePair<string, object?>(Cause, cause switch { HealCause.Gap => "Gap", HealCause.Behind => "Behind", _ => "Connection" }));

    /// <summary>A snapshot has taken the place of events.</summary>
    public void Reset() => Count(_snapshots, 1);

    /// <summary>Too many notifications have waited.</summary>
    public void Dropped(int notifications) => Count(_dropped, notifications);

    /// <summary>A connection for notifications was replaced.</summary>
    public void Replaced() => Count(_replaced, 1);

    /// <summary>The lease is gone.</summary>
    public void LeaseLost() => Count(_lost, 1);

    public void Dispose() => _meter.Dispose();

    private static void Count(Counter<long> counter, long value, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            counter.Add(value, tags);
        }
        catch (Exception)
        {
            // A listener has failed, not the store.
        }
    }
}
