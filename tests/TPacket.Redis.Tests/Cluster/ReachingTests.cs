using System.Globalization;
using TPacket.Redis.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Tests.Harness;

namespace TPacket.Redis.Tests.Cluster;

/// <summary>A server reaches the users and rooms of the others.</summary>
[Collection(nameof(ServersCollection))]
public sealed class ReachingTests(RedisFixture redis)
{
    [Fact]
    public async Task Users_and_rooms_of_three_servers_are_found_from_each_server()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Server.Configuration, 3);
        await using var alice = await cluster[0].SignInAsync("alice");
        await using var bob = await cluster[1].SignInAsync("bob");
        await using var carol = await cluster[2].SignInAsync("carol");
        await alice.JoinAsync("lobby");
        await bob.JoinAsync("lobby");
        await carol.JoinAsync("other");

        for (var i = 0; i < 3; i++)
        {
            var world = cluster[i].Cluster;
            Assert.Equal(new ClusterUser(alice.Id, "alice", "lobby", IsAway: false, "127.0.0.1"), await world.FindUserAsync(alice.Id));
            Assert.Equal(carol.Id, (await world.FindUserAsync("carol"))?.Id);
            Assert.Null(await world.FindUserAsync("nobody"));
            Assert.Equal([new ClusterRoom("lobby", 2), new ClusterRoom("other", 1)], await world.ReadRoomsAsync(null, 10));
            Assert.Equal(new ClusterCounts(3, 3, 2), await world.CountAsync());
        }
    }

    [Fact]
    public async Task Packets_to_a_user_of_another_server_arrive_in_the_order_of_the_calls()
    {
        const int Count = 200;
        await using var cluster = await TestCluster.StartAsync(redis.Server.Configuration, 2);
        await using var bob = await cluster[1].SignInAsync("bob");
        await bob.JoinAsync("lobby");

        var sent = Enumerable.Range(0, Count).Select(i => cluster[0].Cluster.SendAsync(bob.Id, Wire.LoggedMsg, data: Number(i)).AsTask()).ToArray();
        Assert.All(await Task.WhenAll(sent), Assert.True);

        Assert.Equal(Enumerable.Range(0, Count).Select(static i => i.ToString(CultureInfo.InvariantCulture)), (await bob.ReceiveAsync(Count)).Select(static packet => packet.Text));

        static byte[] Number(int i) => System.Text.Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_user_of_another_server_is_disconnected()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Server.Configuration, 2);
        await using var bob = await cluster[1].SignInAsync("bob");
        await bob.JoinAsync("lobby");

        Assert.True(await cluster[0].Cluster.DisconnectAsync(bob.Id, "be nice"));
        Assert.Equal(System.Net.WebSockets.WebSocketCloseStatus.PolicyViolation, await bob.ReceiveCloseAsync());
        Assert.False(await cluster[0].Cluster.DisconnectAsync(0x7000_0000, "nobody"));
    }

    [Fact]
    public async Task Questions_are_answered_again_after_the_connection_for_notifications_was_cut()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Server.Configuration, 2);
        await using var bob = await cluster[1].SignInAsync("bob");
        await bob.JoinAsync("lobby");
        await using var connection = await redis.Server.ConnectAsync();

        for (var round = 0; round < 5; round++)
        {
            await connection.GetServers()[0].ExecuteAsync("CLIENT", "KILL", "TYPE", "pubsub");
            // An answer in transit was lost, so the question times out.
            await Poll.UntilAsync(async () =>
            {
                try
                {
                    return (await cluster[0].Cluster.FindUserAsync("bob"))?.Id == bob.Id;
                }
                catch (RoomStoreException e)
                {
                    Assert.True(e.IsOutcomeUnknown);
                    return false;
                }
            });
        }
    }

    [Fact]
    public async Task A_server_receives_no_questions_after_its_lease_has_expired()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Server.Configuration, 2, static options => options.StoreTimeout = TimeSpan.FromSeconds(30));
        await using var alice = await cluster[0].SignInAsync("alice");
        // Disposing of the store without stopping it does not end its lease.
        await cluster[1].Store.DisposeAsync();

        Assert.Null(await cluster[0].Cluster.FindUserAsync("nobody"));
        Assert.Equal(new ClusterCounts(1, 1, 0), await cluster[0].Cluster.CountAsync());
    }

    [Fact]
    public async Task A_stopped_server_is_waited_for_until_the_store_timeout()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Server.Configuration, 2, static options => options.StoreTimeout = TimeSpan.FromSeconds(1));
        var silent = cluster[1].Store.Link;
        using var released = new ManualResetEventSlim();
        var answer = silent.Answer!;
        silent.Answer = question =>
        {
            released.Wait();
            return answer(question);
        };

        var failure = await Assert.ThrowsAsync<RoomStoreException>(async () => await cluster[0].Cluster.FindUserAsync("nobody"));
        released.Set();
        silent.Answer = answer;

        Assert.True(failure.IsOutcomeUnknown);
        Assert.Null(await cluster[0].Cluster.FindUserAsync("nobody"));
    }
}
