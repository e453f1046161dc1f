using TPacket.Redis.Tests.Harness;
using TPacket.Samples.Tests.Harness;
using TPacket.Server.Tests.Harness;

namespace TPacket.Redis.Tests.Cluster;

/// <summary>Sample hosts are killed or stopped for a while; another server takes over.</summary>
[Collection(nameof(ServersCollection))]
public sealed class DeadNodeTests(RedisFixture redis) : IDisposable
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(2));

    [Fact]
    public async Task The_members_of_a_killed_server_leave_exactly_once()
    {
        await using var survivor = await TestHost.StartAsync(redis.Server.Configuration, _prefix);
        await using var alice = await survivor.SignInAsync("alice");
        await alice.JoinAsync("lobby");
        for (var round = 0; round < 2; round++)
        {
            await using var victim = await StartAsync();
            await using var bob = await EnterAsync(victim, $"bob {round}");
            await using var carol = await EnterAsync(victim, $"carol {round}");
            await bob.SendAsync(Wire.NewMsg, $"the last words {round}");
            var before = await alice.FenceUntilAsync(static p => p.Command == Wire.NewMsg);
            Assert.Equal([$"bob {round}", $"carol {round}"], Nicks(before, Wire.NewUser));

            await victim.EndAsync(_deadline.Token);

            var left = await alice.ReceiveAsync(2);
            Assert.All(left, static packet => Assert.Equal(Wire.DelUser, packet.Command));
            Assert.Equal([$"bob {round}", $"carol {round}"], Nicks(left, Wire.DelUser));
            await alice.SayAsync($"still here {round}");
        }

        await using var dave = await survivor.SignInAsync("dave");
        Assert.Equal(["alice", "dave"], Nicks(await dave.JoinAsync("lobby"), Wire.NewUser));
    }

    [Fact]
    public async Task A_server_that_continues_after_its_lease_has_expired_appends_nothing_for_removed_members()
    {
        if (!OperatingSystem.IsLinux())
            return; // The test stops and continues the process by signals of Linux.
        await using var survivor = await TestHost.StartAsync(redis.Server.Configuration, _prefix);
        await using var alice = await survivor.SignInAsync("alice");
        await alice.JoinAsync("lobby");
        await using var victim = await StartAsync();
        await using var bob = await EnterAsync(victim, "bob");
        Assert.Equal((Wire.NewUser, "bob"), Shown(await alice.ReceiveAsync()));

        await victim.FreezeAsync(_deadline.Token);
        await bob.SendAsync(Wire.NewMsg, "written before and read after");
        Assert.Equal((Wire.DelUser, "bob"), Shown(await alice.ReceiveAsync()));
        // TPACKET_NODE_FREEZE extends the stop, for manual runs.
        if (Environment.GetEnvironmentVariable("TPACKET_NODE_FREEZE") is { } seconds)
            await Task.Delay(TimeSpan.FromSeconds(double.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture)), _deadline.Token);
        await victim.ThawAsync(_deadline.Token);

        // The server disconnects its client, which enters again as another member.
        Assert.Equal(1013, (int?)await bob.ReceiveCloseAsync());
        await using var again = await EnterInTimeAsync(victim, "bob again");
        Assert.Equal((Wire.NewUser, "bob again"), Shown(await alice.ReceiveAsync()));
    }

    public void Dispose() => _deadline.Dispose();

    private static (int Command, string Text) Shown(Packet packet) => (packet.Command, packet.Text);

    private static IEnumerable<string> Nicks(IEnumerable<Packet> packets, int command) =>
        packets.Where(packet => packet.Command == command).Select(static packet => packet.Text).Order(StringComparer.Ordinal);

    private static async Task<TestClient> EnterAsync(SampleProcess host, string nick)
    {
        var client = await TestClient.ConnectAsync(new Uri($"ws://{host.EndPoint}/"));
        await client.SignInAsync(nick);
        await client.JoinAsync("lobby");
        return client;
    }

    /// <summary>Enters as soon as the server has a lease again. Until then it rejects sign-ins.</summary>
    private async Task<TestClient> EnterInTimeAsync(SampleProcess host, string nick)
    {
        while (true)
        {
            var client = await TestClient.ConnectAsync(new Uri($"ws://{host.EndPoint}/"));
            await client.SendAsync(Wire.Nop, Wire.MagicString);
            var reply = await client.ReplyAsync(Wire.SetUserNick, nick);
            if (reply.Command == Wire.RespOk)
            {
                await client.SendAsync(Wire.SetRoom, "lobby");
                Assert.Equal(Wire.RespOk, (await client.ReceiveAsync()).Command);
                return client;
            }

            await client.DisposeAsync();
            Assert.Equal((Wire.RespError, Wire.ErrorStoreFailed), (reply.Command, reply.P1));
            _deadline.Token.ThrowIfCancellationRequested();
        }
    }

    private Task<SampleProcess> StartAsync() => SampleProcess.StartAsync(
        SampleProcess.ConsoleHost, _deadline.Token, $"--TPacket:Redis:Configuration={redis.Server.Configuration}", $"--TPacket:Redis:KeyPrefix={_prefix}",
        "--TPacket:Redis:NodeLease=00:00:05", "--TPacket:Redis:RenewalPeriod=00:00:00.5", "--TPacket:Redis:SweepPeriod=00:00:00.25");
}
