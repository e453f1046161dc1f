using TPacket.Redis.Tests.Harness;
using TPacket.Server.Tests.Harness;

namespace TPacket.Redis.Tests.Cluster;

/// <summary>Members of one room on different servers.</summary>
[Collection(nameof(ServersCollection))]
public sealed class ClusterTests(RedisFixture redis)
{
    [Fact]
    public async Task Members_on_three_servers_see_every_message_in_one_order()
    {
        const int Each = 40;
        await using var cluster = await TestCluster.StartAsync(redis.Server.Configuration, 3);
        var clients = new List<TestClient>();
        for (var i = 0; i < 6; i++)
        {
            clients.Add(await cluster[i % 3].SignInAsync($"client {i}"));
            await clients[i].JoinAsync("lobby");
        }

        await Task.WhenAll(clients.Select(async client =>
        {
            for (var i = 0; i < Each; i++)
                await client.SendAsync(Wire.NewMsg, $"{client.Nick}:{i}");
        }));
        var seen = await Task.WhenAll(clients.Select(client => MessagesAsync(client, 6 * Each)));

        foreach (var messages in seen)
            Assert.Equal(seen[0], messages);
        foreach (var client in clients)
            Assert.Equal(Enumerable.Range(0, Each).Select(i => $"{client.Nick}:{i}"), seen[0].Where(text => text.StartsWith(client.Nick + ":", StringComparison.Ordinal)));
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task A_newcomer_receives_the_roster_and_the_history_of_all_servers()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Server.Configuration, 2);
        await using var alice = await cluster[0].SignInAsync("alice");
        await alice.JoinAsync("lobby");
        await alice.SayAsync("hello");
        await using var bob = await cluster[1].SignInAsync("bob");

        var welcome = await bob.JoinAsync("lobby");

        Assert.Equal(["alice", "bob"], welcome.Where(static p => p.Command == Wire.NewUser).Select(static p => p.Text).Order(StringComparer.Ordinal));
        Assert.Equal(["alice: hello"], welcome.Where(static p => p.Command == Wire.LoggedMsg).Select(static p => p.Text));
        Assert.Equal(new Packet(-1, Wire.NewUser, "bob", bob.Id), await alice.ReceiveAsync());
        Assert.NotEqual(alice.Id, bob.Id);
        await bob.CloseAsync();
        Assert.Equal(new Packet(-1, Wire.DelUser, "bob", bob.Id), await alice.ReceiveAsync());
    }

    [Fact]
    public async Task A_server_that_stops_leaves_no_member_behind()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Server.Configuration, 1);
        await using var alice = await cluster[0].SignInAsync("alice");
        await alice.JoinAsync("lobby");
        await using (var other = await TestHost.StartAsync(redis.Server.Configuration, cluster.Prefix))
        {
            await using var bob = await other.SignInAsync("bob");
            await bob.JoinAsync("lobby");
            Assert.Equal((Wire.NewUser, "bob"), Shown(await alice.ReceiveAsync()));
        }

        Assert.Equal((Wire.DelUser, "bob"), Shown(await alice.ReceiveAsync()));
    }

    [Fact]
    public async Task Members_receive_messages_sent_while_the_connection_for_notifications_was_cut()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Server.Configuration, 2);
        await using var alice = await cluster[0].SignInAsync("alice");
        await using var bob = await cluster[1].SignInAsync("bob");
        await alice.JoinAsync("lobby");
        await bob.JoinAsync("lobby");
        await using var connection = await redis.Server.ConnectAsync();

        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < 20; i++)
            {
                if (i == 10)
                    await connection.GetServers()[0].ExecuteAsync("CLIENT", "KILL", "TYPE", "pubsub");
                await alice.SendAsync(Wire.NewMsg, $"{round}:{i}");
            }

            Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{round}:{i}"), await MessagesAsync(bob, 20));
        }
    }

    private static (int Command, string Text) Shown(Packet packet) => (packet.Command, packet.Text);

    private static async Task<string[]> MessagesAsync(TestClient client, int count)
    {
        var messages = new List<string>();
        while (messages.Count < count)
        {
            var packet = await client.ReceiveAsync();
            if (packet.Command == Wire.NewMsg)
                messages.Add(packet.Text);
        }

        return [.. messages];
    }
}
