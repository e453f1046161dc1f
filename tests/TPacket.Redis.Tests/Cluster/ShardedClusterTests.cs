using System.Text;
using TPacket.Redis.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Tests.Harness;
using TPacket.Testing;
using TPacket.Testing.Stores;
using Xunit.Abstractions;

namespace TPacket.Redis.Tests.Cluster;

/// <summary>Servers on a Redis Cluster, and slots that move while they are in use.</summary>
[Collection(nameof(ShardsCollection))]
public sealed class ShardedClusterTests(ShardsFixture fixture, ITestOutputHelper output)
{
    [Fact]
    public async Task A_user_resumes_on_another_server_and_keeps_its_nick()
    {
        await using var cluster = await TestCluster.StartAsync(fixture.Shards.Configuration, 2);
        await using var alice = await FollowingClient.EnterAsync(await cluster[0].ConnectAsync(), "alice", "lobby");
        await using var bob = await FollowingClient.EnterAsync(await cluster[1].ConnectAsync(), "bob", "lobby");
        await alice.ReceiveUntilAsync(static p => p is { Command: Wire.NewUser, Text: "bob" });
        await using var old = alice.Client;
        await bob.Client.SendAsync(Wire.NewMsg, "missed");
        await bob.ReceiveUntilAsync(static p => p.Text == "missed");

        Assert.Equal(0, await alice.ResumeAsync(await cluster[1].ConnectAsync()));

        await alice.ReceiveUntilAsync(static p => p.Text == "missed");
        Assert.Equal(4001, (int?)await old.ReceiveCloseAsync());
        await using var other = await cluster[0].ConnectAsync();
        await other.SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal(Wire.ErrorNickTaken, (await other.ReplyAsync(Wire.SetUserNick, "Alice")).P1);
    }

    [Fact]
    public async Task Appends_keep_their_order_while_the_slot_of_their_room_moves()
    {
        await using var store = await new TestStores(fixture.Shards.Configuration).CreateAsync(static options => options.RetentionMessages = 100_000);
        var subscriber = new RecordingSubscriber();
        await using var log = await store.OpenAsync("lobby", subscriber, default);
        const int InFlight = 100;
        var tag = $"{{{store.Keys.Room("lobby").Partition}}}";
        var appends = new List<(string Text, Task<AppendResult> Append)>();
        for (var round = 0; round < 5; round++)
        {
            var moving = fixture.Shards.MoveAsync(tag);
            for (var more = 0; more < 400; more += moving.IsCompleted ? 1 : 0)
            {
                // Keep a number of appends in flight.
                if (appends.Count >= InFlight)
                    await Task.WhenAny(appends[^InFlight].Append);
                var text = $"{appends.Count}";
                appends.Add((text, log.AnnounceAsync(text).AsTask()));
            }

            await moving;
        }

        var appended = new List<string>();
        foreach (var (text, append) in appends)
        {
            try
            {
                Assert.True((await append).IsAppended);
                appended.Add(text);
            }
            catch (RoomStoreException e)
            {
                Assert.False(e.IsOutcomeUnknown, $"{e}");
            }
        }

        output.WriteLine($"{appended.Count} of {appends.Count} were appended.");
        var last = await log.AnnounceAsync("last");
        await subscriber.ReachAsync(last.Position, Deadline.Limit);
        // The log has no rejected append, and the others in the order of the calls.
        Assert.Equal([.. appended, "last"], subscriber.Events.Select(static said => Encoding.UTF8.GetString(said.Data.Span)));
    }

    [Fact]
    public async Task Nothing_is_lost_or_changes_its_place_while_slots_move_under_load()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("TPACKET_SLOT_MOVES") ?? "3", System.Globalization.CultureInfo.InvariantCulture);
        await CrowdScene.RunAsync(fixture.Shards.Configuration, output, async (cluster, crowd) =>
        {
            var partition = cluster[0].Store.Keys.Room(CrowdScene.Room).Partition;
            for (var round = 0; round < rounds; round++)
            {
                await crowd.HearMoreAsync(50);
                await fixture.Shards.MoveAsync($"{{{partition}}}");
                await crowd.HearMoreAsync(50);
                // The slot of sessions, nicks and the leases by which nodes find each other.
                await fixture.Shards.MoveAsync("{s}");
            }
        });
    }
}
