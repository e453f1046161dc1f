using TPacket.Redis.Tests.Harness;
using TPacket.Samples.Tests.Harness;
using TPacket.Server.Tests.Harness;

namespace TPacket.Redis.Tests.Cluster;

/// <summary>Users resume their sessions on another server.</summary>
[Collection(nameof(ServersCollection))]
public sealed class ClusterSessionTests(RedisFixture redis) : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(2));

    [Fact]
    public async Task A_user_resumes_on_another_server_while_its_old_connection_is_open()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Server.Configuration, 2);
        await using var alice = await FollowingClient.EnterAsync(await cluster[0].ConnectAsync(), "alice", "lobby");
        await using var bob = await cluster[1].SignInAsync("bob");
        await bob.JoinAsync("lobby");
        await alice.ReceiveUntilAsync(static p => p is { Command: Wire.NewUser, Text: "bob" });
        await using var old = alice.Client;
        for (var i = 0; i < 3; i++)
            await bob.SayAsync($"{i}");

        Assert.Equal(0, await alice.ResumeAsync(await cluster[1].ConnectAsync()));

        var missed = await alice.ReceiveUntilAsync(static p => p.Text == "2");
        Assert.Equal(["0", "1", "2"], missed.Where(static p => p.Command == Wire.NewMsg).Select(static p => p.Text));
        Assert.Equal(4001, (int?)await old.ReceiveCloseAsync());
        await alice.Client.SendAsync(Wire.NewMsg, "from the other server");
        // The others have not seen it leave.
        Assert.Equal(new Packet(-1, Wire.NewMsg, "from the other server", alice.Id), await bob.ReceiveAsync());
        await alice.ReceiveUntilAsync(static p => p.Text == "from the other server");
        Assert.Equal(1, cluster[1].Users.Users.Count(static user => user.Nick == "alice"));
        await Poll.UntilAsync(() => cluster[0].Users.Users.Count == 0);
    }

    [Fact]
    public async Task An_away_user_resumes_on_another_server_and_again_on_the_first()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Server.Configuration, 2);
        await using var bob = await FollowingClient.EnterAsync(await cluster[1].ConnectAsync(), "bob", "lobby");
        await using var alice = await FollowingClient.EnterAsync(await cluster[0].ConnectAsync(), "alice", "lobby");
        await bob.ReceiveUntilAsync(static p => p is { Command: Wire.NewUser, Text: "alice" });
        for (var round = 0; round < 4; round++)
        {
            alice.Client.Cut();
            await bob.ReceiveUntilAsync(p => p is { Command: Wire.Presence, P2: 1 } && p.P1 == alice.Id);
            await bob.Client.SendAsync(Wire.NewMsg, $"missed {round}");

            Assert.Equal(0, await alice.ResumeAsync(await cluster[(round + 1) % 2].ConnectAsync()));

            await alice.ReceiveUntilAsync(p => p.Text == $"missed {round}");
            await bob.ReceiveUntilAsync(p => p is { Command: Wire.Presence, P2: 0 } && p.P1 == alice.Id);
        }

        Assert.DoesNotContain(await bob.Client.FenceAsync(), static p => p.Command == Wire.DelUser);
    }

    [Fact]
    public async Task A_user_of_a_killed_server_is_away_and_resumes_on_another_one()
    {
        var prefix = $"test-{Guid.NewGuid():N}";
        await using var survivor = await TestHost.StartAsync(redis.Server.Configuration, prefix);
        await using var bob = await FollowingClient.EnterAsync(await survivor.ConnectAsync(), "bob", "lobby");
        await using var victim = await SampleProcess.StartAsync(
            SampleProcess.ConsoleHost, _deadline.Token, $"--TPacket:Redis:Configuration={redis.Server.Configuration}", $"--TPacket:Redis:KeyPrefix={prefix}",
            "--TPacket:Redis:NodeLease=00:00:05", "--TPacket:Redis:RenewalPeriod=00:00:00.5", "--TPacket:Redis:SweepPeriod=00:00:00.25");
        await using var alice = await FollowingClient.EnterAsync(await TestClient.ConnectAsync(new Uri($"ws://{victim.EndPoint}/")), "alice", "lobby");
        await bob.ReceiveUntilAsync(static p => p is { Command: Wire.NewUser, Text: "alice" });

        await victim.EndAsync(_deadline.Token);

        var seen = await bob.ReceiveUntilAsync(p => p is { Command: Wire.Presence, P2: 1 } && p.P1 == alice.Id);
        await bob.Client.SendAsync(Wire.NewMsg, "are you there?");
        Assert.Equal(0, await alice.ResumeAsync(await survivor.ConnectAsync()));
        await alice.ReceiveUntilAsync(static p => p.Text == "are you there?");
        await alice.Client.SendAsync(Wire.NewMsg, "here I am");
        seen.AddRange(await bob.ReceiveUntilAsync(static p => p.Text == "here I am"));
        Assert.DoesNotContain(seen, static p => p.Command is Wire.DelUser or Wire.NewUser);
        Assert.Equal([(Wire.Presence, 1), (Wire.Presence, 0)], seen.Where(static p => p.Command == Wire.Presence).Select(static p => (p.Command, p.P2)));
    }

    [Fact]
    public async Task A_user_of_a_killed_server_leaves_once_after_its_grace()
    {
        var prefix = $"test-{Guid.NewGuid():N}";
        await using var survivor = await TestHost.StartAsync(redis.Server.Configuration, prefix);
        await using var bob = await FollowingClient.EnterAsync(await survivor.ConnectAsync(), "bob", "lobby");
        await using var victim = await SampleProcess.StartAsync(
            SampleProcess.ConsoleHost, _deadline.Token, $"--TPacket:Redis:Configuration={redis.Server.Configuration}", $"--TPacket:Redis:KeyPrefix={prefix}", "--TPacket:SessionGrace=00:00:01",
            "--TPacket:Redis:NodeLease=00:00:05", "--TPacket:Redis:RenewalPeriod=00:00:00.5", "--TPacket:Redis:SweepPeriod=00:00:00.25");
        await using var alice = await FollowingClient.EnterAsync(await TestClient.ConnectAsync(new Uri($"ws://{victim.EndPoint}/")), "alice", "lobby");
        await bob.ReceiveUntilAsync(static p => p is { Command: Wire.NewUser, Text: "alice" });

        await victim.EndAsync(_deadline.Token);

        var seen = await bob.ReceiveUntilAsync(static p => p.Command == Wire.DelUser);
        Assert.Equal(new Packet(-1, Wire.DelUser, "alice", alice.Id), seen[^1]);
        Assert.Equal(new Packet(-1, Wire.Presence, "", alice.Id, 1), Assert.Single(seen[..^1]));
    }

    public void Dispose() => _deadline.Dispose();
}
