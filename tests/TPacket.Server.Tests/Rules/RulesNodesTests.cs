using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TPacket.Server.Stores.InMemory;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Rules.RulesTests;

namespace TPacket.Server.Tests.Rules;

/// <summary>Rules on two servers with one store.</summary>
public class RulesNodesTests
{
    private readonly InMemoryRoomStore _store = new(Microsoft.Extensions.Options.Options.Create(new TPacketServerOptions { MaxConnections = 1000 }), TimeProvider.System);
    private readonly InMemoryUserIdStore _ids = new();

    [Fact]
    public async Task Two_servers_decide_for_the_same_state_and_a_decision_for_another_state_is_repeated()
    {
        await using var one = await StartAsync(new TallyRules());
        await using var other = await StartAsync(new TallyRules());
        TestServer[] servers = [one, other];
        var clients = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => JoinAsync(servers[i % 2], $"user{i}")));
        var answers = await Task.WhenAll(clients.Select(static async client =>
        {
            var decided = 0;
            for (var i = 0; i < 10; i++)
                decided += (await client.AnswerAsync(new TallyCommand.Add(1)))[^1].Command == Wire.RespOk ? 1 : 0;
            return decided;
        }));

        // The sum stays below 100, however many try at once.
        Assert.Equal(99, answers.Sum());
        await clients[0].FenceAsync();
        await clients[1].FenceAsync();
        Assert.Equal((99, 99), (one.Tally.Sum, other.Tally.Sum));
        Assert.Equal(SeenTally.Bytes(one.Tally), SeenTally.Bytes(other.Tally));
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task One_of_two_servers_wakes_the_room()
    {
        await using var one = await StartAsync(new TallyRules());
        await using var other = await StartAsync(new TallyRules());
        await using var alice = await JoinAsync(one, "alice");
        await using var bob = await JoinAsync(other, "bob");
        await alice.AnswerAsync(new TallyCommand.WakeIn(50));
        await bob.FenceUntilAsync(static p => p.Command == TallyRules.Command && SeenTally.State(p).Wakes == 1);
        await alice.AnswerAsync(new TallyCommand.Add(1));
        await bob.FenceUntilAsync(static p => p.Command == TallyRules.Command && SeenTally.State(p).Sum == 1);
        Assert.Equal((1, 1), (one.Tally.Wakes, other.Tally.Wakes));
        // The server counts when the store has answered, which is later than the delivery to members.
        await Deadline.UntilAsync(() => one.Metrics.Sum("tpacket.server.rules.wakes") + other.Metrics.Sum("tpacket.server.rules.wakes") > 0);
        Assert.Equal(1, one.Metrics.Sum("tpacket.server.rules.wakes") + other.Metrics.Sum("tpacket.server.rules.wakes"));
    }

    [Fact]
    public async Task A_server_with_newer_rules_takes_the_room_over_with_all_members()
    {
        await using var old = await StartAsync(new TallyRules());
        await using var alice = await JoinAsync(old, "alice");
        await alice.AnswerAsync(new TallyCommand.Add(1));
        await using var newer = await StartAsync(new TallyRules(version: 2) { Oldest = 1 });
        await using var bob = await JoinAsync(newer, "bob");

        Assert.Equal((System.Net.WebSockets.WebSocketCloseStatus)1013, await alice.ReceiveCloseAsync());
        alice.Cut();
        await bob.FenceUntilAsync(static p => p.Command == Wire.DelUser && p.Text == "alice");
        await using var again = await old.SignInAsync("other");
        while ((await again.ReplyAsync(Wire.SetRoom, "unruly")).Command != Wire.RespOk)
            await Task.Yield();
        using var deadline = Deadline.Start();
        while (old.Services.GetRequiredService<IUserDirectory>().Users.Any(static user => user.Nick == "alice"))
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Delay(5, deadline.Token);
        }

        Assert.Equal(1, newer.Tally.Sum);
    }

    [Fact]
    public async Task Events_that_another_server_drops_during_a_read_are_replaced_by_the_state_that_it_has_written()
    {
        var settings = Microsoft.Extensions.Options.Options.Create(new TPacketServerOptions { HistoryMessages = 2 });
        var store = new FlakyStore(settings, TimeProvider.System);
        await using var one = await StartAsync(new FaultyTallyRules(), store.Inner);
        // The store waits for the work of another server.
        await using var other = await StartAsync(new FaultyTallyRules(), store, static o => o.StoreTimeout = Deadline.Limit);
        await using var alice = await JoinAsync(one, "alice");
        await alice.AnswerAsync(new TallyCommand.Add(7));
        var commands = 0;
        store.BeforeReadRules = async (log, from) =>
        {
            using var deadline = Deadline.Start();
            for (; !(await log.ReadRulesAsync(from, 1, deadline.Token)).IsGone; commands++)
                await alice.AnswerAsync(new TallyCommand.Keep(commands));
        };

        await using var bob = await JoinAsync(other, "bob");
        Assert.InRange(commands, 1, int.MaxValue);
        Assert.Equal((7, commands - 1), (other.Tally.Sum, other.Tally.Secrets[alice.Id]));
        await alice.AnswerAsync(new TallyCommand.Add(1));
        await bob.FenceUntilAsync(static p => p.Command == TallyRules.Command && p.Text == "+1");
        Assert.Equal(SeenTally.Bytes(one.Tally), SeenTally.Bytes(other.Tally));
    }

    [Fact]
    public async Task A_room_with_finished_rules_is_opened_although_the_log_has_dropped_the_events_after_their_state()
    {
        var store = new InMemoryRoomStore(Microsoft.Extensions.Options.Options.Create(new TPacketServerOptions { HistoryMessages = 2 }), TimeProvider.System);
        await using var one = await StartAsync(new FinishingTallyRules(), store);
        await using var other = await StartAsync(new FinishingTallyRules(), store);
        await using var alice = await JoinAsync(one, "alice");
        await alice.AnswerAsync(new TallyCommand.Add(FinishingTallyRules.Last));
        await using var log = await store.OpenAsync("room", new TPacket.Testing.RecordingSubscriber(), default);
        using var deadline = Deadline.Start();
        // Another thread writes the state.
        while ((await BasisAsync(store)).State is null)
            await Task.Delay(5, deadline.Token);
        var room = one.Rooms.Find("room")!;
        for (var i = 0; i < 20; i++)
            await room.BroadcastAsync(400);
        Assert.True((await log.ReadRulesAsync((await BasisAsync(store)).Position, 1, default)).IsGone);

        await using var bob = await JoinAsync(other, "bob");
        Assert.Equal(FinishingTallyRules.Last, other.Tally.Sum);

        static async Task<RulesBasis> BasisAsync(InMemoryRoomStore store)
        {
            var reader = new TPacket.Testing.RecordingSubscriber();
            await using var opened = await store.OpenAsync("room", reader, default);
            return reader.Snapshots[0].Rules!;
        }
    }

    [Fact]
    public async Task Conflicts_of_sixteen_writers_on_two_servers_are_counted_and_bounded()
    {
        const int Decisions = 6;
        var store = new FlakyStore(Microsoft.Extensions.Options.Options.Create(new TPacketServerOptions()), TimeProvider.System);
        await using var one = await StartAsync(new TallyRules(), store, static o => o.RulesAttempts = 100);
        await using var other = await StartAsync(new TallyRules(), store, static o => o.RulesAttempts = 100);
        TestServer[] servers = [one, other];
        var clients = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => JoinAsync(servers[i % 2], $"user{i}")));
        await Task.WhenAll(clients.Select(static async client =>
        {
            for (var i = 0; i < Decisions; i++)
                Assert.Equal(Wire.RespOk, (await client.AnswerAsync(new TallyCommand.Add(1)))[^1].Command);
        }));

        // A server makes one decision at a time. So a decision conflicts at most once for each decision of the other server and for each join.
        Assert.Equal(16 * Decisions, servers.Sum(static server => server.Metrics.Sum("tpacket.server.rules.decisions")));
        Assert.InRange(servers.Sum(static server => server.Metrics.Sum("tpacket.server.rules.conflicts")), 1, 16 * Decisions * 2);
        Assert.Equal((96, 96), (one.Tally.Sum, other.Tally.Sum));
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    private Task<TestServer> StartAsync(TallyRules rules, IRoomStore? store = null, Action<TPacketServerOptions>? configure = null) => TestServer.StartAsync(configure, b =>
    {
        b.Services.Replace(ServiceDescriptor.Singleton(store ?? _store));
        b.Services.Replace(ServiceDescriptor.Singleton<IUserIdStore>(_ids));
        b.AddRules("room", TallyRules.Command, rules);
    });
}
