using System.Globalization;
using TPacket.Redis.Tests.Harness;
using TPacket.Server.Tests.Harness;
using TPacket.Testing;
using TPacket.Testing.Stores;
using Xunit.Abstractions;

namespace TPacket.Redis.Tests.Cluster;

/// <summary>Redis is 50 ms away in each direction.</summary>
[Collection(nameof(ServersCollection))]
public sealed class DistanceTests(RedisFixture redis, ITestOutputHelper output)
{
    private static readonly TimeSpan _delay = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Appends_of_a_room_do_not_wait_for_each_other()
    {
        const int Appends = 200;
        await using var proxy = new DelayProxy(redis.Server.Port, _delay);
        await using var store = await new TestStores(proxy.Configuration).CreateAsync(static options => options.RetentionMessages = 1000);
        var subscriber = new RecordingSubscriber();
        await using var log = await store.OpenAsync("lobby", subscriber, default);
        // Redis knows the script from here on.
        await log.AnnounceAsync("first");
        var before = proxy.RoundTrips;

        var appends = Enumerable.Range(0, Appends).Select(i => log.AnnounceAsync(i.ToString(CultureInfo.InvariantCulture)).AsTask()).ToArray();
        var results = await Task.WhenAll(appends);

        var roundTrips = proxy.RoundTrips - before;
        output.WriteLine($"{Appends} appends took {roundTrips} round trips of all connections together.");
        // The count includes renewals and comparisons. The appends may share a round trip that has already begun.
        Assert.InRange(roundTrips, 0, Appends / 5);
        Assert.Equal(Enumerable.Range(1, Appends).Select(static i => (long)i), results.Select(static result => result.Position.Offset));
        await subscriber.ReachAsync(results[^1].Position, Deadline.Limit);
        Assert.Null(subscriber.Violation);
    }

    [Fact]
    public async Task Members_on_three_servers_see_every_message_in_one_order()
    {
        await using var proxy = new DelayProxy(redis.Server.Port, _delay);
        await using var cluster = await TestCluster.StartAsync(proxy.Configuration, 3);
        await using var crowd = new Crowd();
        for (var i = 0; i < 6; i++)
            await crowd.EnterAsync(cluster[i % 3].Address, $"client {i}", "lobby");

        var talking = crowd.TalkAsync();
        await crowd.HearMoreAsync(100);
        crowd.Stop();
        await talking;
        await crowd.SettleAsync();

        output.WriteLine(crowd.Summary);
        Assert.Empty(crowd.Check());
    }
}
