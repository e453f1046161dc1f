using System.Diagnostics.Metrics;

namespace TPacket.Server.Redis.Diagnostics;

/// <summary>The meter <c>TPacket.Redis</c>. Each tag has a small set of values, never a nick, a room or an address.</summary>
internal sealed class RedisMetrics : IDisposable
{
    public const string MeterName = "TPacket.Redis";

    private const string Outcome = "tpacket.outcome";
    private const string Cause = "tpacket.cause";

    private readonly Meter _meter;
    private readonly Histogram<double> _appends;
    private readonly Counter<long> _catchUps;
    private readonly Counter<long> _snapshots;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _replaced;
    private readonly Counter<long> _lost;
    private Func<TimeSpan>? _lease;

    public RedisMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _appends = _meter.CreateHistogram<double>("tpacket.redis.append.duration", "s", "Duration of appends, from the call to Redis' reply.");
        _catchUps = _meter.CreateCounter<long>("tpacket.redis.catch_ups", "{read}", "Reads of a room's log because notifications were missing.");
        _snapshots = _meter.CreateCounter<long>("tpacket.redis.snapshots", "{snapshot}", "Snapshots delivered in place of events, because a room's log could not be continued.");
        _dropped = _meter.CreateCounter<long>("tpacket.redis.dropped_notifications", "{notification}", "Notifications dropped because the queue was full.");
        _replaced = _meter.CreateCounter<long>("tpacket.redis.replaced_subscriptions", "{connection}", "Connections for notifications replaced because they delivered nothing.");
        _lost = _meter.CreateCounter<long>("tpacket.redis.lost_leases", "{lease}", "Leases of this server that expired and were removed by another node.");
        _meter.CreateObservableGauge("tpacket.redis.lease.remaining", () => (_lease?.Invoke() ?? default).TotalSeconds, "s", "Time for which the node serves without another renewal; 0 if it does not serve.");
    }

    /// <summary>Whether a listener records the durations of appends.</summary>
    public bool TimesAppends => _appends.Enabled;

    /// <summary>Sets the source of the gauge of the lease.</summary>
    /// <param name="lease">Returns the time for which the node serves without another renewal.</param>
    public void ObserveLease(Func<TimeSpan> lease) => _lease = lease;

    /// <summary>Records an append.</summary>
    /// <param name="status">The result; null if the append failed.</param>
    /// <param name="duration">Its duration.</param>
    public void Appended(AppendStatus? status, TimeSpan duration)
    {
        try
        {
            _appends.Record(duration.TotalSeconds, new KeyValuePair<string, object?>(Outcome, status switch { null => "Failed", AppendStatus.Appended => "Appended", _ => "Refused" }));
        }
        catch (Exception)
        {
            // An exception of a listener must not fail the append.
        }
    }

    /// <summary>Counts a read of a room's log.</summary>
    public void CatchUpStarted(CatchUpCause cause) => Count(_catchUps, 1, new KeyValuePair<string, object?>(Cause, cause switch { CatchUpCause.Gap => "Gap", CatchUpCause.Behind => "Behind", _ => "Connection" }));

    /// <summary>Counts a snapshot in place of events.</summary>
    public void Reset() => Count(_snapshots, 1);

    /// <summary>Counts dropped notifications.</summary>
    public void Dropped(int notifications) => Count(_dropped, notifications);

    /// <summary>Counts a replaced connection for notifications.</summary>
    public void Replaced() => Count(_replaced, 1);

    /// <summary>Counts a lost lease.</summary>
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
            // An exception of a listener must not fail the store.
        }
    }
}
