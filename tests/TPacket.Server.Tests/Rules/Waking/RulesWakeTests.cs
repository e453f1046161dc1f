using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Stores.InMemory;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Rules.RulesTests;

namespace TPacket.Server.Tests.Rules;

/// <summary>Wake-ups of rooms by their rules.</summary>
public class RulesWakeTests
{
    private readonly WatchedTime _time = new();

    [Fact]
    public async Task A_room_is_woken_at_its_time_and_not_before()
    {
        await using var server = await StartAsync<TallyRules>(time: _time);
        await using var alice = await JoinAsync(server, "alice");
        await alice.AnswerAsync(new TallyCommand.WakeIn(10_000));
        _time.Advance(TimeSpan.FromMilliseconds(9_999));
        await alice.FenceAsync();
        Assert.Equal(0, server.Tally.Wakes);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        var seen = (await alice.FenceUntilAsync(static p => p.Command == TallyRules.Command))[^1];
        Assert.Equal((0, 1), (seen.P1, seen.P2));
        Assert.Equal((1, null), (SeenTally.State(seen).Wakes, SeenTally.State(seen).Deadline));
        _time.Advance(TimeSpan.FromMinutes(2));
        await alice.FenceAsync();
        Assert.Equal(1, server.Tally.Wakes);
        // The server counts when the store has answered, which is later than the delivery to members.
        await Deadline.UntilAsync(() => server.Metrics.Sum("tpacket.server.rules.wakes") == 1);
    }

    [Fact]
    public async Task A_later_wake_time_replaces_an_earlier_one()
    {
        await using var server = await StartAsync<TallyRules>(time: _time);
        await using var alice = await JoinAsync(server, "alice");
        await alice.AnswerAsync(new TallyCommand.WakeIn(10_000));
        await alice.AnswerAsync(new TallyCommand.WakeIn(20_000));
        _time.Advance(TimeSpan.FromSeconds(15));
        await alice.FenceAsync();
        Assert.Equal(0, server.Tally.Wakes);
        _time.Advance(TimeSpan.FromSeconds(5));
        await alice.FenceUntilAsync(static p => p.Command == TallyRules.Command);
        Assert.Equal(1, server.Tally.Wakes);
    }

    [Fact]
    public async Task An_empty_room_is_woken_and_then_released()
    {
        await using var server = await StartAsync<TallyRules>(time: _time);
        await using (var alice = await JoinAsync(server, "alice"))
        {
            await alice.AnswerAsync(new TallyCommand.WakeIn(10_000));
            await alice.AnswerAsync(new TallyCommand.Add(1));
            await alice.CloseAsync();
        }

        await Deadline.UntilAsync(() => server.Rooms.Find("room") is null);
        using var deadline = Deadline.Start();
        while (server.Metrics.Sum("tpacket.server.rules.wakes") == 0)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            // Other threads query the store and wake the room.
            await Task.Delay(20, deadline.Token);
        }

        await Deadline.UntilAsync(() => server.Rooms.Find("room") is null);
        await using var bob = await JoinAsync(server, "bob");
        Assert.Equal((0, 0), (server.Tally.Sum, server.Tally.Wakes));
    }

    [Fact]
    public async Task A_room_without_a_wake_time_is_released_with_its_last_member()
    {
        await using var server = await StartAsync<TallyRules>(time: _time);
        await using (var alice = await JoinAsync(server, "alice"))
        {
            await alice.AnswerAsync(new TallyCommand.Add(1));
            await alice.CloseAsync();
        }

        await Deadline.UntilAsync(() => server.Rooms.Find("room") is null);
        await using var bob = await JoinAsync(server, "bob");
        Assert.Equal(0, server.Tally.Sum);
    }

    [Fact]
    public async Task Rules_that_decide_nothing_when_they_are_woken_are_woken_again_a_minute_later()
    {
        await using var server = await StartAsync<SleepyTallyRules>(time: _time);
        await using var alice = await JoinAsync(server, "alice");
        await alice.AnswerAsync(new TallyCommand.WakeIn(1000));
        _time.Advance(TimeSpan.FromSeconds(1));
        await WokenAsync(server, 1);
        _time.Advance(TimeSpan.FromSeconds(59));
        await alice.FenceAsync();
        Assert.Equal(1, SleepyTallyRules.WakesOf(server.Tally.Seed));
        _time.Advance(TimeSpan.FromSeconds(2));
        await WokenAsync(server, 2);
        Assert.Contains(server.Logs.All, static entry => entry.Id == 1501);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_room_that_catches_up_on_more_wake_ups_than_a_turn_makes_keeps_the_time_that_comes_next(int attempts)
    {
        var start = _time.GetUtcNow();
        await using var server = await TestServer.StartAsync(
            o => (o.PingAfterIdle, o.RulesAttempts) = (TimeSpan.FromDays(700), attempts), b => b.AddRules("room", TallyRules.Command, new TickingTallyRules(start)), _time);
        await using var alice = await JoinAsync(server, "alice");
        // At once, so that all of them are due together.
        _time.Advance(TimeSpan.FromSeconds(TickingTallyRules.Ticks));
        await Deadline.UntilAsync(() => server.Tally.Wakes == TickingTallyRules.Ticks);
        await alice.FenceAsync();

        await PassPauseAsync(server, alice);
    }

    [Fact]
    public async Task A_wake_up_of_unknown_outcome_that_was_appended_does_not_delay_the_next_one()
    {
        var start = _time.GetUtcNow();
        await using var server = await TestServer.StartAsync(
            static o => o.PingAfterIdle = TimeSpan.FromDays(700), b => b.AddRules("room", TallyRules.Command, new TickingTallyRules(start)).UseRoomStore<FlakyStore>(), _time);
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await JoinAsync(server, "alice");
        for (var i = 1; i < TickingTallyRules.Ticks; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Deadline.UntilAsync(() => server.Tally.Wakes == i);
        }

        (store.Failing, store.Late) = ("Packet", true);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Deadline.UntilAsync(() => server.Logs.All.Any(static entry => entry.Id == 1501));
        store.Failing = "";
        Assert.Equal(TickingTallyRules.Ticks, server.Tally.Wakes);
        await PassPauseAsync(server, alice);
    }

    [Fact]
    public async Task An_empty_room_catches_up_on_more_wake_ups_than_a_turn_makes()
    {
        var start = TimeProvider.System.GetUtcNow().AddHours(-1);
        var store = new InMemoryRoomStore(Microsoft.Extensions.Options.Options.Create(new TPacketServerOptions()), TimeProvider.System);
        await using (var log = await store.OpenAsync("room", new TPacket.Testing.RecordingSubscriber(), default))
            await log.AppendAsync(new RoomAppend(RoomEvent.Rules("tally", 1, readsPresence: true, seed: 1)));

        await using var server = await TestServer.StartAsync(
            static o => (o.RulesAttempts, o.RulesWakePeriod) = (2, TimeSpan.FromMilliseconds(20)),
            b => b.AddRules("room", TallyRules.Command, new TickingTallyRules(start)).Services.AddSingleton<IRoomStore>(store));
        // All ticks and the first one after the pause.
        await Deadline.UntilAsync(() => server.Metrics.Sum("tpacket.server.rules.wakes") > TickingTallyRules.Ticks);
    }

    [Fact]
    public async Task A_thousand_empty_rooms_are_woken_when_all_of_them_are_due()
    {
        var store = new InMemoryRoomStore(Microsoft.Extensions.Options.Options.Create(new TPacketServerOptions()), TimeProvider.System);
        for (var i = 0; i < 1000; i++)
        {
            await using var log = await store.OpenAsync($"room {i}", new TPacket.Testing.RecordingSubscriber(), default);
            await log.AppendAsync(new RoomAppend(RoomEvent.Rules("tally", 1, readsPresence: true, seed: i)));
            var planned = RoomEvent.Packet(TallyRules.Command, 0, 0, SeenTally.Bytes(new TallyEvent.Planned(1)), stream: RoomStream.Rules);
            await log.AppendAsync(new RoomAppend(planned) { Checkpoint = new RulesCheckpoint { WakeAt = 1, Version = 1 } });
        }

        await using var server = await StartAsync<TallyRules>(b => b.Services.AddSingleton<IRoomStore>(store));
        await Deadline.UntilAsync(() => server.Metrics.Sum("tpacket.server.rules.wakes") >= 1000);
        Assert.Empty(await store.ReadWakesAsync(long.MaxValue, 1000, default));
        Assert.Equal(1000, server.Metrics.Sum("tpacket.server.rules.wakes"));
    }

    /// <summary>Advances the clock past the retry of a deferred wake-up, to the next wake-up.</summary>
    private async Task PassPauseAsync(TestServer server, TestClient client)
    {
        _time.Advance(TimeSpan.FromMinutes(2));
        await client.FenceAsync();
        Assert.Equal(TickingTallyRules.Ticks, server.Tally.Wakes);
        _time.Advance(TickingTallyRules.Pause - TimeSpan.FromMinutes(2));
        await Deadline.UntilAsync(() => server.Tally.Wakes == TickingTallyRules.Ticks + 1);
    }

    private static Task WokenAsync(TestServer server, int times) => Deadline.UntilAsync(() => SleepyTallyRules.WakesOf(server.Tally.Seed) >= times);
}
