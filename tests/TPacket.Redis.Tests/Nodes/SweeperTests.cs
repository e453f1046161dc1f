using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using TPacket.Redis.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Nodes;

namespace TPacket.Redis.Tests.Nodes;

/// <summary>A node whose lease has expired only because of an outage of Redis is not swept. The tests move the first node's clock; the other node's clock stands still.</summary>
[Collection(nameof(StoresCollection))]
public sealed class SweeperTests(RedisFixture redis)
{
    private static readonly TimeSpan _lease = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_node_with_an_expired_lease_is_swept()
    {
        var stores = new TestStores(redis.Server.Configuration);
        await using var store = await StartAsync(stores);
        await using var other = await StartAsync(stores, isFirst: false);
        await WaitForALeaseAsync(store);

        await ExpireAsync(other);
        await SweepAsync(store);

        Assert.False(await HasLeaseAsync(other));
    }

    [Fact]
    public async Task No_node_is_swept_after_an_outage_that_one_lease_has_just_outlasted()
    {
        var stores = new TestStores(redis.Server.Configuration);
        await using var store = await StartAsync(stores);
        await using var other = await StartAsync(stores, isFirst: false);
        await WaitForALeaseAsync(store);

        _time.Advance(_lease * 0.8);
        await ExpireAsync(other);
        await SweepAsync(store);
        Assert.True(await HasLeaseAsync(other));
        await store.Node!.RenewAsync();
        await SweepAsync(store);
        Assert.True(await HasLeaseAsync(other));

        // A node that is gone is swept a lease later.
        await WaitForALeaseAsync(store);
        await SweepAsync(store);
        Assert.False(await HasLeaseAsync(other));
    }

    [Fact]
    public async Task No_node_is_swept_after_a_failover_that_has_lost_its_renewals()
    {
        await using var server = await RedisServer.StartAsync(redis.Program, "--enable-debug-command", "yes");
        var stores = new TestStores(server.Configuration);
        await using var store = await StartAsync(stores);
        await using var other = await StartAsync(stores, isFirst: false);
        await WaitForALeaseAsync(store);

        await ExpireAsync(other);
        await using (var connection = await server.ConnectAsync())
            await connection.GetServers()[0].ExecuteAsync("DEBUG", "CHANGE-REPL-ID");
        await SweepAsync(store);
        Assert.True(await HasLeaseAsync(other));

        await WaitForALeaseAsync(store);
        await SweepAsync(store);
        Assert.False(await HasLeaseAsync(other));
    }

    private Task<RedisStore> StartAsync(TestStores stores, bool isFirst = true)
    {
        return isFirst ? stores.CreateAsync(Configure, _time) : stores.OpenAsync(Configure, new FakeTimeProvider());

        // The tests sweep.
        static void Configure(RedisOptions options) => (options.NodeLease, options.RenewalPeriod, options.SweepPeriod) = (_lease, _lease / 3, TimeSpan.FromDays(1));
    }

    /// <summary>Lets the duration of a lease pass, with renewals.</summary>
    private async Task WaitForALeaseAsync(RedisStore store)
    {
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(_lease / 3);
            await store.Node!.RenewAsync();
        }
    }

    private static Task SweepAsync(RedisStore store) => new Sweeper(store, store.Sessions).SweepAsync(store.Node!);

    /// <summary>Makes the lease expire in Redis, as if it had not been renewed.</summary>
    private static Task<bool> ExpireAsync(RedisStore store) => store.Database.SortedSetAddAsync(store.Keys.Leases(KeySpace.Shared), store.Node!.Id, 0, SortedSetWhen.Exists);

    private static async Task<bool> HasLeaseAsync(RedisStore store) => await store.Database.SortedSetScoreAsync(store.Keys.Leases(KeySpace.Shared), store.Node!.Id) is not null;
}
