using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Rules.RulesTests;

namespace TPacket.Server.Tests.Rules;

/// <summary>Rules that throw, or return an invalid decision, affect their own room alone.</summary>
public class RulesFaultTests
{
    private readonly WatchedTime _time = new();
    private readonly FaultyTallyRules _rules = new();

    [Theory]
    [InlineData("WakeAt")]
    [InlineData("IsFinished")]
    public async Task A_command_with_events_that_cannot_be_applied_is_refused(string member)
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        _rules.Failing = member;
        var refused = Assert.Single(await alice.AnswerAsync(new TallyCommand.Add(1)));
        Assert.Equal((Wire.RespError, Wire.ErrorHandlerFailed), (refused.Command, refused.P1));

        _rules.Failing = "";
        Assert.Equal(Wire.RespOk, (await alice.AnswerAsync(new TallyCommand.Add(1)))[^1].Command);
        Assert.Equal(1, server.Tally.Sum);
    }

    [Fact]
    public async Task A_room_without_an_initial_state_is_not_entered()
    {
        await using var server = await StartAsync();
        _rules.Failing = "Start";
        await using var alice = await server.SignInAsync("alice");
        Assert.Equal((Wire.RespError, Wire.ErrorRefused), await alice.ReplyAsync(Wire.SetRoom, "room") is var refused ? (refused.Command, refused.P1) : default);
        Assert.Equal(Wire.RespOk, (await alice.ReplyAsync(Wire.SetRoom, "unruly")).Command);
        // The room is not opened, which would fail again and again.
        Assert.Empty(await server.Services.GetRequiredService<IRoomStore>().ReadWakesAsync(long.MaxValue, 10, default));

        _rules.Failing = "";
        await using var bob = await JoinAsync(server, "bob");
        Assert.Equal(0, server.Tally.Sum);
    }

    [Theory]
    [InlineData("ViewerOf")]
    [InlineData("View")]
    public async Task A_member_with_a_failed_view_receives_nothing_and_then_the_whole_view(string member)
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        _rules.Failing = member;
        await using var bob = await server.SignInAsync("bob");
        await bob.AcceptAsync(TallyRules.Command);
        Assert.DoesNotContain(await bob.JoinAsync("room"), static p => p.Command == TallyRules.Command);
        _rules.Failing = "";
        await alice.FenceAsync();

        // The others see what has changed.
        Assert.Equal("+1", (await alice.AnswerAsync(new TallyCommand.Add(1)))[0].Text);
        Assert.Equal((1, "sum 1"), Assert.Single(await bob.FenceAsync()) is var whole ? (whole.P2, whole.Text) : default);
        await alice.AnswerAsync(new TallyCommand.Add(2));
        Assert.Equal((0, "+2"), Assert.Single(await bob.FenceAsync()) is var change ? (change.P2, change.Text) : default);
        Assert.Contains(server.Logs.All, static entry => entry is { Id: 1503, Level: LogLevel.Error });
    }

    [Fact]
    public async Task A_failed_change_is_replaced_by_the_whole_view()
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        await using var bob = await JoinAsync(server, "bob");
        _rules.Failing = "Change";
        await alice.AnswerAsync(new TallyCommand.Add(1));
        Assert.Equal((1, "sum 1"), Assert.Single(await bob.FenceAsync()) is var whole ? (whole.P2, whole.Text) : default);
    }

    [Fact]
    public async Task Rules_can_send_nothing_for_an_event()
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        await using var bob = await JoinAsync(server, "bob");
        await alice.FenceAsync();
        Assert.Single(await alice.AnswerAsync(new TallyCommand.Keep(1)));
        Assert.Empty(await bob.FenceAsync());
        await alice.AnswerAsync(new TallyCommand.Add(1));
        Assert.Equal("+1", Assert.Single(await bob.FenceAsync()).Text);
    }

    [Fact]
    public async Task A_state_that_cannot_be_written_does_not_stop_the_commands()
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        _rules.Failing = "WriteState";
        for (var i = 0; i < 20; i++)
            Assert.Equal(Wire.RespOk, (await alice.AnswerAsync(new TallyCommand.Add(1)))[^1].Command);
        await Deadline.UntilAsync(() => server.Logs.All.Any(static entry => entry.Id == 1502));
        Assert.Equal(20, server.Tally.Sum);
    }

    [Fact]
    public async Task A_wake_up_that_fails_is_retried_a_minute_later_despite_other_events()
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        await alice.AnswerAsync(new TallyCommand.WakeIn(1000));
        _rules.Failing = "Wake";
        _time.Advance(TimeSpan.FromSeconds(1));
        await Deadline.UntilAsync(() => server.Logs.All.Any(static entry => entry.Id == 1501));
        for (var i = 0; i < 10; i++)
            await alice.SayAsync("hello");
        _time.Advance(TimeSpan.FromSeconds(30));
        await alice.FenceAsync();
        Assert.Single(server.Logs.All, static entry => entry.Id == 1501);
        Assert.Equal(0, server.Tally.Wakes);

        _rules.Failing = "";
        _time.Advance(TimeSpan.FromSeconds(31));
        await Deadline.UntilAsync(() => server.Tally.Wakes > 0);
        Assert.Equal(1, server.Tally.Wakes);
    }

    [Fact]
    public async Task A_wake_up_that_does_not_move_its_time_is_not_repeated_at_once()
    {
        await using var server = await RulesTests.StartAsync<StuckTallyRules>(time: _time);
        await using var alice = await JoinAsync(server, "alice");
        await alice.AnswerAsync(new TallyCommand.WakeIn(1000));
        _time.Advance(TimeSpan.FromSeconds(1));
        await alice.FenceUntilAsync(static p => p.Command == TallyRules.Command);
        _time.Advance(TimeSpan.FromSeconds(30));
        await alice.FenceAsync();
        Assert.Equal(1, server.Tally.Sum);
        await Deadline.UntilAsync(() => server.Logs.All.Any(static entry => entry.Id == 1501));
    }

    [Fact]
    public async Task Events_before_a_written_state_are_dropped_whatever_their_kind_is()
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        var room = server.Rooms.Find("room")!;
        for (var i = 0; i < 1000; i++)
            await room.BroadcastAsync(400);
        using var deadline = Deadline.Start();
        // The state is written by another thread; the event behind it drops the others.
        while ((await room.ReadAsync(null, 10_000, default)).Events.Count > 200)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await alice.FenceAsync();
            await room.BroadcastAsync(400);
        }
    }

    [Fact]
    public async Task A_decision_of_unknown_outcome_is_answered_when_it_is_sent_again_and_made_once()
    {
        await using var server = await RulesTests.StartAsync<TallyRules>(static b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await server.SignInAsync("alice");
        await alice.AcceptAsync(Wire.Receipt, TallyRules.Command);
        await alice.JoinAsync("room");
        (store.Failing, store.Late) = ("Packet", true);
        var sent = new Packet(0x5000, TallyRules.Command, 0, 0, SeenTally.Bytes(new TallyCommand.Add(60))).Encode();
        await alice.SendBytesAsync(sent);
        var unknown = (await alice.FenceUntilAsync(static p => p.Uid == 0x5000))[^1];
        Assert.Equal((Wire.RespError, Wire.ErrorUnknown), (unknown.Command, unknown.P1));

        store.Failing = "";
        // Sixty more would be too many.
        await alice.SendBytesAsync(sent);
        Assert.Equal(Wire.Receipt, (await alice.FenceUntilAsync(static p => p.Uid == 0x5000))[^1].Command);
        Assert.Equal(60, server.Tally.Sum);
    }

    [Fact]
    public async Task A_decision_that_always_conflicts_is_abandoned()
    {
        await using var server = await TestServer.StartAsync(static o => o.RulesAttempts = 3, static b => b.AddRules<TallyRules>("room", TallyRules.Command).UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await JoinAsync(server, "alice");
        store.Conflicting = true;
        var refused = Assert.Single(await alice.AnswerAsync(new TallyCommand.Add(1)));
        Assert.Equal((Wire.RespError, Wire.ErrorRateLimited), (refused.Command, refused.P1));
        Assert.Equal(3, server.Metrics.Sum("tpacket.server.rules.conflicts"));

        store.Conflicting = false;
        Assert.Equal(Wire.RespOk, (await alice.AnswerAsync(new TallyCommand.Add(1)))[^1].Command);
        Assert.Equal(1, server.Tally.Sum);
    }

    [Fact]
    public async Task The_log_of_rules_that_have_finished_keeps_their_state_and_no_more_events_than_any_other()
    {
        var rules = new FinishingTallyRules();
        await using var server = await TestServer.StartAsync(static o => o.HistoryMessages = 10, b => b.AddRules("room", TallyRules.Command, rules));
        await using var alice = await JoinAsync(server, "alice");
        var room = server.Rooms.Find("room")!;
        for (var i = 0; i < FinishingTallyRules.Last - 1; i++)
            await alice.AnswerAsync(new TallyCommand.Add(1));
        Assert.InRange((await room.ReadAsync(null, 1000, default)).Events.Count, FinishingTallyRules.Last, int.MaxValue);

        await alice.AnswerAsync(new TallyCommand.Add(1));
        using var deadline = Deadline.Start();
        while ((await room.ReadAsync(null, 1000, default)).Events.Count > 10)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await alice.FenceAsync();
            await room.BroadcastAsync(400);
        }

        // The state cannot change any more, so that it is not written again.
        var written = rules.Written;
        for (var i = 0; i < 20; i++)
            await room.BroadcastAsync(400);
        var store = server.Services.GetRequiredService<IRoomStore>();
        var reader = new TPacket.Testing.RecordingSubscriber();
        await using var log = await store.OpenAsync("room", reader, deadline.Token);
        Assert.NotNull(reader.Snapshots[0].Rules!.State);
        await using var bob = await JoinAsync(server, "bob");
        Assert.Equal((FinishingTallyRules.Last, written), (server.Tally.Sum, rules.Written));
    }

    [Theory]
    [InlineData(0, 1, "CheckpointEvents 0, but it must be at least 1")]
    [InlineData(1, 2, "OldestVersion must be 1 to Version")]
    [InlineData(1, -1, "OldestVersion must be 1 to Version")]
    public async Task Rules_with_numbers_out_of_range_keep_the_server_from_starting(int checkpointEvents, int oldestVersion, string fault)
    {
        var rules = new NumberedTallyRules(checkpointEvents, oldestVersion);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => TestServer.StartAsync(build: b => b.AddRules("room", TallyRules.Command, rules)));
        Assert.Contains(fault, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_resumes_in_its_room_after_another_room_was_refused()
    {
        await using var server = await StartAsync();
        var token = System.Security.Cryptography.RandomNumberGenerator.GetBytes(32);
        var alice = await server.JoinWithSessionAsync("alice", token, Wire.Event);
        _rules.Failing = "Start";
        await alice.SendAsync(Wire.SetRoom, "room 2");
        await alice.FenceUntilAsync(static p => p.Command == Wire.RespError);
        var position = alice.Position;
        alice.Cut();
        await server.AwayAsync();
        await using var back = await server.ResumeAsync(token, position: position);
        Assert.Equal((Wire.Resume, 0), (await back.FenceAsync())[0] is var resumed ? (resumed.Command, resumed.P1) : default);
        await back.SendAsync(Wire.NewMsg, "still here");
        await back.FenceUntilAsync(static p => p.Command == Wire.Event && LogEvent.Of(p).Packets.Any(static said => said.Text == "still here"));
        Assert.Null(server.Rooms.Find("room 2"));
    }

    private Task<TestServer> StartAsync() => TestServer.StartAsync(static o => o.PingAfterIdle = TimeSpan.FromDays(700), b => b.AddRules("room*", TallyRules.Command, _rules), _time);
}
