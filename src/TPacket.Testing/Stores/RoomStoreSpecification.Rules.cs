using System.Text;
using TPacket.Server;
using TPacket.Testing.Stores;

namespace TPacket.Testing;

#pragma warning disable CS1591 // The name of a test is its rule.

// Rooms with rules: the event that sets the rules, checkpoints, and the events from which the state is computed.
public abstract partial class RoomStoreSpecification
{
    private const long Seed = 42;

    [Fact]
    public async Task A_snapshot_has_the_event_that_has_given_the_room_its_rules()
    {
        var store = await CreateStoreAsync();
        var (log, before) = await OpenAsync(store);
        Assert.Null(before.Snapshots[0].Rules);
        await log.AnnounceAsync("no rules yet");
        var named = await log.AppendAsync(NamedRules());

        Assert.True(named.IsAppended);
        await AssertBasisAsync(store, named.Position);

        // The event of a newer version does not replace the first event, because the state is computed from both.
        await log.AppendAsync(NamedRules(version: 2));
        await AssertBasisAsync(store, named.Position);

        async Task AssertBasisAsync(IRoomStore store, RoomPosition position)
        {
            var basis = await BasisAsync(store);
            Assert.Equal((position, 1), (basis.Position, basis.Version));
            Assert.Null(basis.State);
            Assert.Equal((RoomEventKind.Rules, RoomStream.Rules, "poll", 1, 0, Seed), (basis.Rules.Kind, basis.Rules.Stream, basis.Rules.RulesName, basis.Rules.P1, basis.Rules.P2, basis.Rules.Seed));
            Assert.Equal((position.Offset, position.Check), (basis.Rules.Offset, basis.Rules.Check));
        }
    }

    [Fact]
    public async Task A_snapshot_has_no_downtime_where_the_room_has_no_rules_or_a_server_has_served_it_all_the_time()
    {
        var store = await CreateStoreAsync();
        var (log, first) = await OpenAsync(store);
        await log.AppendAsync(NamedRules());
        var (_, second) = await OpenAsync(store);

        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (first.Snapshots[0].Downtime, second.Snapshots[0].Downtime));
    }

    [Fact]
    public async Task Rules_and_downtimes_are_events_like_others()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        var start = subscriber.Position;
        await log.AppendAsync(NamedRules(version: 7, readsPresence: true));
        await log.AppendAsync(new RoomAppend(RoomEvent.Opened(TimeSpan.FromMinutes(3))));
        await EventsAsync(log, subscriber);

        foreach (var events in new[] { subscriber.Events, [.. (await log.ReadAsync(start, 10, None)).Events] })
        {
            Assert.Equal(("poll", 7, 1, Seed), (events[0].RulesName, events[0].P1, events[0].P2, events[0].Seed));
            Assert.Equal((RoomEventKind.Opened, RoomStream.Rules, TimeSpan.FromMinutes(3)), (events[1].Kind, events[1].Stream, events[1].Downtime));
        }
    }

    [Fact]
    public async Task All_events_but_messages_are_read_behind_the_basis_in_pages()
    {
        var (log, _) = await OpenAsync(await CreateStoreAsync());
        await log.JoinAsync(_alice);
        var position = (await log.AppendAsync(NamedRules())).Position;
        await log.SayAsync(_alice, "one");
        await log.AppendAsync(Decided(1));
        await log.SendAsync(2, stream: Board);
        await log.AnnounceAsync("two");
        await log.JoinAsync(_bob);
        await log.AppendAsync(new RoomAppend(new[] { RoomEvent.Announcement("three"u8.ToArray()), RoomEvent.Packet(256, 4, 0, default, stream: RoomStream.Rules) }));
        var last = await log.AnnounceAsync("last");

        var pages = new List<RoomPage>();
        do
        {
            pages.Add(await log.ReadRulesAsync(position, 2, None));
            position = pages[^1].Position;
        }
        while (pages[^1].Events.Count > 0);

        Assert.All(pages, static page => Assert.False(page.IsGone));
        Assert.All(pages, static page => Assert.InRange(page.Events.Count, 0, 2));
        Assert.Equal([3, 4, 6, 8], pages.SelectMany(static page => page.Events).Select(static e => e.Offset));
        Assert.Equal(last.Position, position);

        // Reading from the end of the log works as from every other position.
        await log.AppendAsync(Decided(9));
        Assert.Equal([9], (await log.ReadRulesAsync(position, 10, None)).Events.Select(static e => e.P1));
    }

    [Fact]
    public async Task Events_of_rules_are_kept_until_the_rules_have_finished_whatever_else_is_dropped()
    {
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        var count = ((HistoryMessages ?? 100) * 2) + 50;
        // Events in the same append as the event that sets the rules, and events after it.
        RoomEvent[] together = [NamedRules()[0], .. Enumerable.Range(0, count).Select(static i => RoomEvent.Packet(256, i, 0, "0123456789"u8.ToArray(), stream: RoomStream.Rules))];
        Assert.True((await log.AppendAsync(new RoomAppend(together))).IsAppended);
        for (var i = 0; i < count; i++)
        {
            await log.AppendAsync(Decided(count + i));
            await log.AnnounceAsync("pushes other messages out");
        }

        var position = (await BasisAsync(store)).Position;
        Assert.Equal(0, position.Offset);
        Assert.Equal(Enumerable.Range(0, 2 * count), (await ReadAllRulesAsync(log, position)).Select(static e => e.P1));
    }

    [Fact]
    public async Task Events_of_rules_are_gone_behind_a_position_that_the_log_does_not_have()
    {
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        var named = (await log.AppendAsync(NamedRules())).Position;
        var first = (await log.AppendAsync(Decided(1))).Position;
        var last = (await log.AppendAsync(Decided(2))).Position;

        foreach (var known in new[] { named, first, last })
        {
            Assert.False((await log.ReadRulesAsync(known, 10, None)).IsGone);
            Assert.True((await log.ReadRulesAsync(known with { Check = known.Check + 1 }, 10, None)).IsGone);
            Assert.True((await log.ReadRulesAsync(known with { Epoch = known.Epoch + 1 }, 10, None)).IsGone);
        }

        Assert.True((await log.ReadRulesAsync(last with { Offset = last.Offset + 1 }, 10, None)).IsGone);
    }

    [Fact]
    public async Task A_checkpoint_is_kept_together_with_its_events()
    {
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        await log.AppendAsync(NamedRules());
        RoomEvent[] events = [RoomEvent.Packet(256, 1, 0, default, stream: RoomStream.Rules), RoomEvent.Packet(256, 2, 0, default, stream: RoomStream.Rules)];
        var appended = await log.AppendAsync(new RoomAppend(events) { Checkpoint = State("both", version: 3) });

        var basis = await BasisAsync(store);
        Assert.Equal((appended.Position, 3, "both", "poll"), (basis.Position, basis.Version, Text(basis), basis.Rules.RulesName));
        await log.AppendAsync(Decided(3));
        Assert.Equal([3], (await ReadAllRulesAsync(log, basis.Position)).Select(static e => e.P1));
    }

    [Fact]
    public async Task A_checkpoint_of_an_append_that_fails_or_is_repeated_is_not_kept()
    {
        var store = await CreateStoreAsync();
        var (log, subscriber) = await OpenAsync(store);
        var named = await log.AppendAsync(NamedRules() with { Request = new RequestId(7, 1), Checkpoint = State("first") });
        var wrong = new AppendCondition { After = subscriber.Snapshots[0].Position };

        Assert.Equal(AppendStatus.Conflict, (await log.AppendAsync(Decided(1) with { Condition = wrong, Checkpoint = State("conflict") })).Status);
        Assert.Equal(AppendStatus.Fenced, (await log.AppendAsync(new RoomAppend(RoomEvent.Message(_alice, "text"u8.ToArray())) { Checkpoint = State("fenced") })).Status);
        Assert.Equal(named with { IsRepeated = true }, await log.AppendAsync(NamedRules() with { Request = new RequestId(7, 1), Checkpoint = State("again") }));

        Assert.Equal("first", Text(await BasisAsync(store)));
    }

    [Fact]
    public async Task A_checkpoint_alone_is_kept_where_its_condition_holds()
    {
        var store = await CreateStoreAsync();
        var (log, subscriber) = await OpenAsync(store);
        var named = (await log.AppendAsync(NamedRules())).Position;
        var last = (await log.AppendAsync(Decided(1))).Position;

        var kept = await log.AppendAsync(new RoomAppend { Checkpoint = State("kept"), Condition = new AppendCondition { After = last } });
        Assert.Equal((AppendStatus.Appended, last), (kept.Status, kept.Position));
        var late = await log.AppendAsync(new RoomAppend { Checkpoint = State("late"), Condition = new AppendCondition { After = named } });
        Assert.Equal(AppendStatus.Conflict, late.Status);

        var basis = await BasisAsync(store);
        Assert.Equal((last, "kept"), (basis.Position, Text(basis)));
        // A checkpoint is not an event.
        Assert.Equal(2, (await EventsAsync(log, subscriber)).Length);
        // Without a condition, the store keeps the checkpoint after all events.
        var end = (await log.AppendAsync(new RoomAppend { Checkpoint = State("end") })).Position;
        basis = await BasisAsync(store);
        Assert.Equal((subscriber.Position, subscriber.Position, "end"), (basis.Position, end, Text(basis)));
        Assert.Empty((await log.ReadRulesAsync(end, 10, None)).Events);
    }

    [Fact]
    public async Task A_state_is_kept_until_the_next_one()
    {
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        await log.AppendAsync(NamedRules());
        var behind = (await log.AppendAsync(Decided(1) with { Checkpoint = State("first", version: 2) })).Position;
        await log.AppendAsync(Decided(2) with { Checkpoint = new RulesCheckpoint { Version = 3 } });
        await log.AppendAsync(new RoomAppend { Checkpoint = new RulesCheckpoint { Version = 3 } });

        var basis = await BasisAsync(store);
        Assert.Equal((behind, 2, "first"), (basis.Position, basis.Version, Text(basis)));
        Assert.Equal([2], (await ReadAllRulesAsync(log, basis.Position)).Select(static e => e.P1));

        behind = (await log.AppendAsync(Decided(3) with { Checkpoint = State("", version: 3) })).Position;
        basis = await BasisAsync(store);
        Assert.Equal((behind, 3, ""), (basis.Position, basis.Version, Text(basis)));
    }

    [Fact]
    public async Task A_checkpoint_before_the_room_has_rules_keeps_nothing()
    {
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        await log.AppendAsync(Decided(1) with { Checkpoint = State("early") with { WakeAt = 0 } });
        await log.AppendAsync(new RoomAppend { Checkpoint = State("early") with { WakeAt = 0 } });

        var (_, subscriber) = await OpenAsync(store);
        Assert.Null(subscriber.Snapshots[0].Rules);
        Assert.Empty(await WakesAsync(store));
    }

    [Fact]
    public async Task States_and_contents_are_copies_of_the_data()
    {
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        await log.AppendAsync(NamedRules());
        var (state, content) = ("state"u8.ToArray(), "content"u8.ToArray());

        var appending = log.AppendAsync(Decided(1) with { Request = new RequestId(7, 1), Content = content, Checkpoint = new RulesCheckpoint { State = state } });
        state.AsSpan().Clear();
        content.AsSpan().Clear();
        var appended = await appending;

        Assert.Equal("state", Text(await BasisAsync(store)));
        Assert.Equal(appended with { IsRepeated = true }, await log.AppendAsync(new RoomAppend { Request = new RequestId(7, 1), Content = "content"u8.ToArray() }));
    }

    [Fact]
    public async Task Rules_continue_in_the_next_server()
    {
        if (!KeepsRooms)
            return;
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        await log.JoinAsync(_alice);
        var named = await log.AppendAsync(NamedRules(readsPresence: true));
        var behind = await log.AppendAsync(Decided(1) with { Checkpoint = State("kept", version: 2) });
        await log.AppendAsync(Decided(2) with { Request = new RequestId(7, 1), Content = "two"u8.ToArray(), Checkpoint = new RulesCheckpoint() });

        var next = await ReopenStoreAsync(store);
        // The members of the previous server leave or go away, which these rules read.
        await UntilWakesAsync(next, static wakes => wakes.Any(wake => wake.Room == Room));

        var (again, subscriber) = await OpenAsync(next);
        var basis = subscriber.Snapshots[0].Rules!;
        Assert.Equal((behind.Position, 2, "kept"), (basis.Position, basis.Version, Text(basis)));
        Assert.Equal((named.Position.Offset, named.Position.Check, named.Time, "poll", Seed), (basis.Rules.Offset, basis.Rules.Check, basis.Rules.Time, basis.Rules.RulesName, basis.Rules.Seed));
        await subscriber.UntilAsync(static s => s.Members.All(member => member.IsAway), Deadline);
        var events = await ReadAllRulesAsync(again, basis.Position);
        Assert.Equal(2, events[0].P1);
        Assert.Equal(_alice.Id, Assert.Single(events[1..]).Member!.Id);
        Assert.Equal((AppendStatus.Appended, true), Outcome(await again.AppendAsync(Decided(3) with { Request = new RequestId(7, 1), Content = "two"u8.ToArray() })));
    }

    private static RoomAppend NamedRules(int version = 1, bool readsPresence = false) => new(RoomEvent.Rules("poll", version, readsPresence, Seed));

    private static RoomAppend Decided(int p1) => new(RoomEvent.Packet(256, p1, 0, default, stream: RoomStream.Rules));

    private static RulesCheckpoint State(string state, int version = 1) => new() { State = Encoding.UTF8.GetBytes(state), Version = version };

    private static string? Text(RulesBasis basis) => basis.State is { } state ? Encoding.UTF8.GetString(state.Span) : null;

    /// <summary>Returns the rules in the snapshot of a new subscriber.</summary>
    private async Task<RulesBasis> BasisAsync(IRoomStore store)
    {
        var (log, subscriber) = await OpenAsync(store);
        await CloseAsync(log);
        return Assert.IsType<RulesBasis>(subscriber.Snapshots[0].Rules);
    }

    private static async Task<RoomEvent[]> ReadAllRulesAsync(IRoomLog log, RoomPosition position)
    {
        var events = new List<RoomEvent>();
        while (true)
        {
            var page = await log.ReadRulesAsync(position, 100, None);
            Assert.False(page.IsGone);
            if (page.Events.Count == 0)
                return [.. events];
            events.AddRange(page.Events);
            position = page.Position;
        }
    }

    /// <summary>Waits until a condition on the rooms with wake-ups holds. Another server may need time to detect the end of a server.</summary>
    private async Task UntilWakesAsync(IRoomStore store, Func<IReadOnlyList<RoomWake>, bool> condition)
    {
        for (var until = TimeProvider.System.GetUtcNow() + Deadline; !condition(await WakesAsync(store));)
        {
            Assert.True(TimeProvider.System.GetUtcNow() < until, "The store does not return the expected wake-ups.");
            await Task.Yield();
        }
    }

    private async Task<IReadOnlyList<RoomWake>> WakesAsync(IRoomStore store, long before = 2 * Later, int most = 100) =>
        await store.ReadWakesAsync(before, most, None).AsTask().WaitAsync(Deadline, TimeProvider.System);
}
