using TPacket.Redis.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Tests.Harness;
using TPacket.Testing;
using TPacket.Testing.Stores;

namespace TPacket.Redis.Tests.Diagnostics;

/// <summary>The metrics of rooms on Redis (docs/extending.md, Metrics of rooms on Redis).</summary>
[Collection(nameof(StoresCollection))]
public sealed class RedisMetricsTests(RedisFixture redis) : IAsyncLifetime
{
    private readonly TestStores _stores = new(redis.Server.Configuration);
    private readonly List<RedisStore> _open = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var store in _open)
            await store.DisposeAsync();
    }

    [Fact]
    public async Task Appends_are_timed_with_their_outcome()
    {
        using var metrics = new MetricCollector(_stores.Meters);
        var store = await OpenAsync();
        var log = await store.OpenAsync("lobby", new RecordingSubscriber(), default);
        var first = await log.AnnounceAsync("one");
        await log.AnnounceAsync("two");
        await log.AppendAsync(new RoomAppend(RoomEvent.Announcement("late"u8.ToArray())) { Condition = new AppendCondition { After = first.Position } });
        await store.Database.SortedSetRemoveAsync(store.Keys.Leases(store.Keys.Room("lobby").Partition), store.Node!.Id);
        await Assert.ThrowsAsync<RoomStoreException>(async () => await log.AnnounceAsync("without a lease"));

        var timed = metrics.Measurements.All.Where(static one => one.Instrument == "tpacket.redis.append.duration").ToArray();
        Assert.Equal(["Appended", "Appended", "Refused", "Failed"], timed.Select(static one => one.Tags["tpacket.outcome"]));
        Assert.All(timed, static one => Assert.InRange(one.Value, double.Epsilon, Deadline.Limit.TotalSeconds));
    }

    [Fact]
    public async Task A_read_of_events_that_the_node_was_not_notified_of_is_counted()
    {
        using var metrics = new MetricCollector(_stores.Meters);
        var store = await OpenAsync();
        var subscriber = new RecordingSubscriber();
        var log = await store.OpenAsync("lobby", subscriber, default);
        await store.Database.SetRemoveAsync(store.Keys.Room("lobby").Nodes, store.Node!.Id);

        var appended = await log.AnnounceAsync("unnoticed");
        await subscriber.ReachAsync(appended.Position, Deadline.Limit);

        var catchUps = metrics.Measurements.All.Where(static one => one.Instrument == "tpacket.redis.catch_ups").ToArray();
        Assert.Equal("Behind", Assert.Single(catchUps).Tags["tpacket.cause"]);
        Assert.Equal(0, metrics.Sum("tpacket.redis.snapshots"));
    }

    [Fact]
    public async Task A_lease_has_time_left_until_it_is_lost()
    {
        using var metrics = new MetricCollector(_stores.Meters);
        var store = await OpenAsync();
        var subscriber = new RecordingSubscriber();
        await store.OpenAsync("lobby", subscriber, default);
        Assert.InRange(store.Node!.ServesFor, TimeSpan.FromTicks(1), store.Settings.ServingTime);
        var node = store.Node;

        await store.Database.SortedSetRemoveAsync(store.Keys.Leases(KeySpace.Shared), node.Id);
        await subscriber.UntilAsync(static s => s.Lost is not null, Deadline.Limit);

        Assert.Equal(TimeSpan.Zero, node.ServesFor);
        Assert.Equal(1, metrics.Sum("tpacket.redis.lost_leases"));
    }

    [Fact]
    public async Task A_replaced_subscription_is_counted_and_the_lease_is_observed()
    {
        using var metrics = new MetricCollector(_stores.Meters);
        var store = await OpenAsync();
        await store.OpenAsync("lobby", new RecordingSubscriber(), default);
        metrics.Observe();
        Assert.InRange(metrics.Measurements.All.Last(static one => one.Instrument == "tpacket.redis.lease.remaining").Value, double.Epsilon, store.Settings.ServingTime.TotalSeconds);

        await store.Subscriber.UnsubscribeAllAsync();

        await Poll.UntilAsync(() => metrics.Sum("tpacket.redis.replaced_subscriptions") == 1);
    }

    private async Task<RedisStore> OpenAsync()
    {
        var store = await _stores.CreateAsync();
        _open.Add(store);
        return store;
    }
}
