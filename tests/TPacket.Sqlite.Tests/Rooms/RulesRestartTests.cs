using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server.Tests.Harness;
using TPacket.Server.Tests.Rules;
using TPacket.Sqlite.Tests.Harness;

namespace TPacket.Sqlite.Tests.Rooms;

/// <summary>The state of a room's rules after a restart.</summary>
public sealed class RulesRestartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_next_server_computes_the_same_state()
    {
        Tally before;
        await using (var server = await StartAsync(new TallyRules()))
        {
            await using var alice = await JoinAsync(server);
            for (var number = 1; number <= 5; number++)
                await ActAsync(alice, new TallyCommand.Add(number));
            await ActAsync(alice, new TallyCommand.Keep(7));
            before = StateOf(server);
        }

        await using var next = await StartAsync(new TallyRules());
        await using var bob = await JoinAsync(next, "bob");
        var after = StateOf(next);
        Assert.Equal((15, before.Seed), (after.Sum, after.Seed));
        Assert.Equal(before.Secrets, after.Secrets);
        // The members have left with the server.
        Assert.Equal(["bob"], after.Present);
    }

    [Fact]
    public async Task A_stored_state_is_continued()
    {
        await using (var server = await StartAsync(new CheckpointedTallyRules()))
        {
            await using var alice = await JoinAsync(server);
            for (var i = 0; i < 20; i++)
                await ActAsync(alice, new TallyCommand.Add(1));
            await WrittenAsync();
        }

        // These rules throw if they have to evolve from the first event.
        await using var next = await StartAsync(new CheckpointedTallyRules { MayStart = false });
        await using var bob = await JoinAsync(next, "bob");
        await ActAsync(bob, new TallyCommand.Add(1));
        Assert.Equal(21, StateOf(next).Sum);
    }

    [Fact]
    public async Task A_closed_room_is_woken_by_the_next_server()
    {
        await using (var server = await StartAsync(new TallyRules()))
        {
            await using var alice = await JoinAsync(server);
            await ActAsync(alice, new TallyCommand.WakeIn(60_000));
        }

        _time.Advance(TimeSpan.FromHours(1));
        await using var next = await StartAsync(new TallyRules());
        using var deadline = Deadline.Start();
        while (await WakesAsync(next) != 1)
        {
            deadline.Token.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(1));
            await next.CommitAsync();
        }
    }

    [Fact]
    public async Task A_time_without_a_server_is_an_event_for_the_rules()
    {
        await using (var server = await StartAsync(new TallyRules()))
        {
            await using var alice = await JoinAsync(server);
            await ActAsync(alice, new TallyCommand.Add(1));
        }

        _time.Advance(TimeSpan.FromMinutes(10));
        await using var next = await StartAsync(new TallyRules());
        await using var bob = await JoinAsync(next, "bob");
        Assert.InRange(StateOf(next).Downtime, 599_000, 600_000);
        await bob.CloseAsync();
        await Deadline.UntilAsync(() => next.Rooms.Find("room") is null);
        await using var carol = await JoinAsync(next, "carol");
        Assert.InRange(StateOf(next).Downtime, 599_000, 600_000);
    }

    [Fact]
    public async Task A_server_opens_a_room_only_with_its_rules()
    {
        await using (var server = await StartAsync(new TallyRules(version: 2)))
        {
            await using var alice = await JoinAsync(server);
            await ActAsync(alice, new TallyCommand.Add(1));
        }

        foreach (var (rules, why) in new (TallyRules? Rules, string Why)[]
        {
            (null, "Room 'room' has the rules 'tally', which this server does not have."),
            (new TallyRules(2, "other"), "Room 'room' has the rules 'tally'; this server has the rules 'other'."),
            (new TallyRules(1), "Room 'room' has version 2 of the rules 'tally'; this server has version 1."),
            (new TallyRules(3), "Room 'room' has version 2 of the rules 'tally'; this server supports versions from 3."),
        })
        {
            await using var server = await StartAsync(rules);
            await using var bob = await server.SignInAsync("bob");
            var refused = await bob.ReplyAsync(Wire.SetRoom, "room");
            Assert.Equal((Wire.RespError, Wire.ErrorRefused, why), (refused.Command, refused.P1, refused.Text));
            Assert.Equal(Wire.RespOk, (await bob.ReplyAsync(Wire.SetRoom, "unruly")).Command);
        }

        await using var same = await StartAsync(new TallyRules(2));
        await using var carol = await JoinAsync(same, "carol");
        Assert.Equal(1, StateOf(same).Sum);
    }

    [Fact]
    public async Task Newer_rules_take_over_a_room_and_older_rules_are_rejected_afterwards()
    {
        await using (var server = await StartAsync(new TallyRules()))
        {
            await using var alice = await JoinAsync(server);
            await ActAsync(alice, new TallyCommand.Add(1));
        }

        await using (var server = await StartAsync(new UpgradedTallyRules()))
        {
            await using var bob = await JoinAsync(server, "bob");
            await ActAsync(bob, new TallyCommand.Add(1));
            // Events of the first version count once, events of the second ten times.
            Assert.Equal(11, StateOf(server).Sum);
        }

        await using (var server = await StartAsync(new UpgradedTallyRules()))
        {
            await using var bob = await JoinAsync(server, "bob");
            Assert.Equal(11, StateOf(server).Sum);
        }

        await using var old = await StartAsync(new TallyRules());
        await using var carol = await old.SignInAsync("carol");
        Assert.Equal(Wire.ErrorRefused, (await carol.ReplyAsync(Wire.SetRoom, "room")).P1);
    }

    private static Tally StateOf(TestHost server) => server.Rooms.Find("room")!.TryGetState<Tally>(out var state) ? state : throw new InvalidOperationException("The room has no state.");

    private static async Task<TestClient> JoinAsync(TestHost server, string nick = "alice")
    {
        var client = await server.SignInAsync(nick);
        await client.JoinAsync("room");
        return client;
    }

    private static async Task ActAsync(TestClient client, TallyCommand command)
    {
        var reply = await client.ReplyAsync(TallyRules.Command, JsonSerializer.SerializeToUtf8Bytes(command, TallyJson.Default.TallyCommand));
        Assert.Equal(Wire.RespOk, reply.Command);
    }

    /// <summary>Returns the number of wakes in the room's log. The room may be closed.</summary>
    private static async Task<int> WakesAsync(TestHost server)
    {
        await using var opened = await server.Rooms.OpenAsync("room");
        return opened.Room.TryGetState<Tally>(out var state) ? state.Wakes : 0;
    }

    /// <summary>Waits for the stored state: another thread writes it after the event.</summary>
    private Task WrittenAsync() => Deadline.UntilAsync(() => FileInspector.Scalar(_folder.File, "SELECT count(*) FROM rules_state") == 1);

    private Task<TestHost> StartAsync(TallyRules? rules) =>
        TestHost.StartAsync(_folder.File, _time, build: server => _ = rules is null ? server : server.AddRules("room", TallyRules.Command, rules));
}
