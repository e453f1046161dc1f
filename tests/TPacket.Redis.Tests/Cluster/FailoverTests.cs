using Microsoft.Extensions.DependencyInjection;
using TPacket.Redis.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Tests.Harness;

namespace TPacket.Redis.Tests.Cluster;

/// <summary>A Sentinel promotes a replica that lacks the last acknowledged writes.</summary>
[Collection(nameof(FailuresCollection))]
public sealed class FailoverTests(RedisFixture redis) : IAsyncLifetime
{
    private RedisReplication _replication = null!;
    private TestCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _replication = await RedisReplication.StartAsync(redis.Program);
        // The servers reconnect seconds apart. One that has not come back must not be taken for dead.
        _cluster = await TestCluster.StartAsync(_replication.Configuration, 2, build: static server => server.Services.Configure<RedisOptions>(static redis => redis.NodeLease = TimeSpan.FromSeconds(20)));
    }

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        if (_replication is not null)
            await _replication.DisposeAsync();
    }

    [Fact]
    public async Task All_clients_get_a_snapshot_and_none_a_wrong_replay()
    {
        await using var alice = await FollowingClient.EnterAsync(await _cluster[0].ConnectAsync(), "alice", "lobby");
        await using var bob = await FollowingClient.EnterAsync(await _cluster[1].ConnectAsync(), "bob", "lobby");
        await using var carol = await FollowingClient.EnterAsync(await _cluster[1].ConnectAsync(), "carol", "lobby");
        await alice.Client.SendAsync(Wire.NewMsg, "kept");
        foreach (var client in new[] { alice, bob, carol })
            await client.ReceiveUntilAsync(static p => p.Text == "kept");
        await _replication.CutReplicaAsync();
        await alice.Client.SendAsync(Wire.NewMsg, "lost 1");
        await alice.Client.SendAsync(Wire.NewMsg, "lost 2");
        foreach (var client in new[] { alice, bob, carol })
            await client.ReceiveUntilAsync(static p => p.Text == "lost 2");
        // It has seen the lost events, and resumes when other events have their offsets.
        carol.Client.Cut();
        await bob.ReceiveUntilAsync(p => p is { Command: Wire.Presence, P2: 1 } && p.P1 == carol.Id);

        await _replication.FailOverAsync();

        var snapshots = await Task.WhenAll(alice.ReceiveSnapshotAsync(), bob.ReceiveSnapshotAsync());
        foreach (var snapshot in snapshots)
        {
            Assert.Equal(["kept"], Texts(snapshot));
            Assert.Equal(["alice", "bob", "carol"], Nicks(snapshot));
        }

        for (var i = 1; i <= 3; i++)
            await alice.SayAsync($"other {i}");
        await bob.ReceiveUntilAsync(static p => p.Text == "other 3");
        Assert.Equal(1, await carol.ResumeAsync(await _cluster[0].ConnectAsync()));
        var again = await carol.ReceiveSnapshotAsync();
        Assert.Equal(["kept", "other 1", "other 2", "other 3"], Texts(again));
    }

    [Fact]
    public async Task Users_that_have_left_stay_away_and_away_users_can_resume()
    {
        await using var alice = await FollowingClient.EnterAsync(await _cluster[0].ConnectAsync(), "alice", "lobby");
        await using var bob = await FollowingClient.EnterAsync(await _cluster[1].ConnectAsync(), "bob", "lobby");
        await using var carol = await FollowingClient.EnterAsync(await _cluster[0].ConnectAsync(), "carol", "lobby");
        await alice.ReceiveUntilAsync(static p => p is { Command: Wire.NewUser, Text: "carol" });
        await bob.ReceiveUntilAsync(static p => p is { Command: Wire.NewUser, Text: "carol" });
        await _replication.CutReplicaAsync();
        // One user leaves, one resumes on another server, and one enters. All three changes are lost.
        await carol.Client.CloseAsync();
        await alice.ReceiveUntilAsync(static p => p is { Command: Wire.DelUser, Text: "carol" });
        await using var old = bob.Client;
        Assert.Equal(0, await bob.ResumeAsync(await _cluster[0].ConnectAsync()));
        await using var dave = await FollowingClient.EnterAsync(await _cluster[0].ConnectAsync(), "dave", "lobby");
        await bob.ReceiveUntilAsync(static p => p is { Command: Wire.NewUser, Text: "dave" });
        await alice.ReceiveUntilAsync(static p => p is { Command: Wire.NewUser, Text: "dave" });

        await _replication.FailOverAsync();

        // The server has repeated the leave.
        Assert.Equal(["alice", "bob"], Nicks(await alice.ReceiveSnapshotAsync()));
        // The nick is free.
        await using var other = await _cluster[1].ConnectAsync();
        await other.SendAsync(Wire.Nop, Wire.MagicString);
        await Poll.UntilAsync(async () => (await other.ReplyAsync(Wire.SetUserNick, "carol")).Command == Wire.RespOk);
        // The log lacks the newcomer. The newcomer resumes its session and enters again.
        Assert.Equal(1013, (int?)await dave.Client.ReceiveCloseAsync());
        Assert.Equal(2, await dave.ResumeAsync(await _cluster[1].ConnectAsync()));
        await dave.Client.SendAsync(Wire.SetRoom, "lobby");
        await alice.ReceiveUntilAsync(static p => p is { Command: Wire.NewUser, Text: "dave" });
        // The server that has resumed the session still serves it.
        bob.Client.Cut();
        await alice.ReceiveUntilAsync(p => p is { Command: Wire.Presence, P2: 1 } && p.P1 == bob.Id);
        await bob.ResumeAsync(await _cluster[1].ConnectAsync());
        await alice.ReceiveUntilAsync(p => p is { Command: Wire.Presence, P2: 0 } && p.P1 == bob.Id);
    }

    [Fact]
    public async Task No_id_is_assigned_twice_and_no_nick_has_two_users()
    {
        await using var alice = await _cluster[0].SignInAsync("alice");
        await alice.JoinAsync("lobby");
        await _replication.CutReplicaAsync();
        var ids = new List<int>();
        Take(ids, await _cluster[0].Store.UserIds.ReserveAsync(1000));
        await using var bob = await _cluster[0].SignInAsync("bob");

        await _replication.FailOverAsync();

        // This server was not given the lost block.
        await Poll.UntilAsync(async () =>
        {
            try
            {
                Take(ids, await _cluster[1].Store.UserIds.ReserveAsync(1000));
                return true;
            }
            catch (RoomStoreException)
            {
                return false;
            }
        });
        Assert.Equal(2000, ids.Distinct().Count());

        await using var other = await _cluster[1].ConnectAsync();
        await other.SendAsync(Wire.Nop, Wire.MagicString);
        Packet reply;
        do
            reply = await other.ReplyAsync(Wire.SetUserNick, "bob");
        while (reply is { Command: Wire.RespError, P1: Wire.ErrorStoreFailed });
        if (reply.Command == Wire.RespOk)
        {
            // The new user was first. The server of the other one detects it with the next renewal.
            Assert.Equal(1013, (int?)await bob.ReceiveCloseAsync());
        }
        else
        {
            Assert.Equal((Wire.RespError, Wire.ErrorNickTaken), (reply.Command, reply.P1));
            await bob.JoinAsync("lobby");
        }
    }

    [Fact]
    public async Task A_lost_nick_is_reserved_again_if_the_replica_was_known_before()
    {
        await using var store = await new TestStores(_replication.Servers).CreateAsync();
        await _replication.CutReplicaAsync();
        Assert.Equal(NickClaimResult.Reserved, await store.Nicks.ReserveAsync(new NickClaim("alice", ["alice"], new byte[24]), 0x1000, NickLookAlikes.Refuse));

        await _replication.FailOverAsync();

        await Poll.UntilAsync(async () =>
        {
            try
            {
                return await store.Database.HashExistsAsync(store.Keys.Nicks("")[0], "alice", StackExchange.Redis.CommandFlags.DemandMaster);
            }
            catch (StackExchange.Redis.RedisException)
            {
                return false;
            }
        });
    }

    private static void Take(List<int> ids, UserIdBlock block)
    {
        while (block.TryTake(out var id))
            ids.Add(id);
    }

    private static IEnumerable<string> Texts(SnapshotReceived snapshot) => snapshot.History.SelectMany(static said => said.Packets).Select(static packet => packet.Text[(packet.Text.IndexOf(": ", StringComparison.Ordinal) + 2)..]);

    private static IEnumerable<string> Nicks(SnapshotReceived snapshot) => snapshot.Roster.Where(static p => p.Command == Wire.NewUser).Select(static p => p.Text).Order(StringComparer.Ordinal);
}
