using TPacket.Server;
using TPacket.Testing.Stores;

namespace TPacket.Testing;

#pragma warning disable CS1591 // The name of a test is its rule.

// Wake-ups of rooms, and requests with content.
public abstract partial class RoomStoreSpecification
{
    /// <summary>A time in 2096.</summary>
    private const long Later = 4_000_000_000_000;

    [Fact]
    public async Task Rooms_want_to_be_woken_when_their_checkpoint_says_so_the_earliest_first()
    {
        var store = await CreateStoreAsync();
        var now = (await (await OpenAsync(store, "clock")).Log.AnnounceAsync("now")).Time;
        foreach (var (room, seconds) in new[] { ("third", 30), ("first", 10), ("second", 20) })
            await SleepAsync(store, room, now + (seconds * 1000));

        Assert.Equal([("first", now + 10_000), ("second", now + 20_000), ("third", now + 30_000)], (await WakesAsync(store)).Select(static wake => (wake.Room, wake.At)));
        Assert.Equal(["first", "second"], (await WakesAsync(store, before: now + 20_000)).Select(static wake => wake.Room));
        Assert.Equal(["first"], (await WakesAsync(store, before: now + 19_999)).Select(static wake => wake.Room));
        Assert.Empty(await WakesAsync(store, before: now + 9_999));
        Assert.Equal(["first", "second"], (await WakesAsync(store, most: 2)).Select(static wake => wake.Room));
    }

    [Fact]
    public async Task A_room_whose_rules_want_to_be_woken_continues_without_subscriptions()
    {
        var store = await CreateStoreAsync();
        var (log, subscriber) = await OpenAsync(store);
        var named = await log.AppendAsync(NamedRules() with { Checkpoint = State("waits") with { WakeAt = 1000 } });
        await CloseAsync(log);
        Assert.Equal([new RoomWake(Room, 1000)], await WakesAsync(store));

        var (again, second) = await OpenAsync(store);
        Assert.Equal((named.Position, "waits"), (second.Snapshots[0].Position, Text(second.Snapshots[0].Rules!)));
        Assert.Equal(subscriber.Position.Epoch, second.Position.Epoch);
        // The wake-up stays until a checkpoint removes it.
        await CloseAsync(again);
        Assert.Equal([new RoomWake(Room, 1000)], await WakesAsync(store));
        var (last, _) = await OpenAsync(store);
        await last.AppendAsync(new RoomAppend { Checkpoint = new RulesCheckpoint { WakeAt = 2000 } });
        await CloseAsync(last);
        Assert.Equal([new RoomWake(Room, 2000)], await WakesAsync(store));
    }

    [Fact]
    public async Task Rules_that_want_nothing_are_not_woken()
    {
        var store = await CreateStoreAsync();
        await SleepAsync(store, Room, 1000);
        var (log, _) = await OpenAsync(store);
        await log.AppendAsync(Decided(1) with { Checkpoint = new RulesCheckpoint { WakeAt = null } });
        await CloseAsync(log);

        Assert.Empty(await WakesAsync(store));
    }

    [Fact]
    public async Task Rules_that_are_new_or_of_a_newer_version_want_to_be_woken_at_once()
    {
        var store = await CreateStoreAsync();
        for (var version = 1; version <= 2; version++)
        {
            var (log, _) = await OpenAsync(store);
            var named = await log.AppendAsync(NamedRules(version));
            await CloseAsync(log);
            Assert.Equal([new RoomWake(Room, named.Time)], await WakesAsync(store));
            if (version == 1)
                await SleepAsync(store, Room, Later);
        }
    }

    [Fact]
    public Task A_change_of_the_roster_wakes_rules_that_read_presence() => ChangeRosterAsync(readsPresence: true);

    [Fact]
    public Task A_change_of_the_roster_wakes_no_other_rules() => ChangeRosterAsync(readsPresence: false);

    [Fact]
    public async Task A_newer_version_says_whether_the_rules_read_presence()
    {
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        await log.AppendAsync(NamedRules());
        await log.AppendAsync(NamedRules(version: 2, readsPresence: true) with { Checkpoint = new RulesCheckpoint() });
        var joined = await log.JoinAsync(_alice);
        await CloseAsync(log);

        Assert.Equal([new RoomWake(Room, joined.Time)], await WakesAsync(store));
    }

    [Fact]
    public async Task A_request_without_events_is_looked_up()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        await log.JoinAsync(_alice);
        var lookup = new RoomAppend { Request = new RequestId(_alice.Session, 1), Content = "move"u8.ToArray() };
        var impossible = new AppendCondition { After = subscriber.Snapshots[0].Position };

        foreach (var unknown in new[] { lookup, lookup with { Condition = impossible }, lookup with { Content = default } })
            Assert.Equal(AppendStatus.NotFound, (await log.AppendAsync(unknown)).Status);
        var first = await log.AppendAsync(Decided(1) with { Request = lookup.Request, Content = lookup.Content });
        Assert.Equal((AppendStatus.Appended, false), Outcome(first));
        await log.AnnounceAsync("meanwhile");

        foreach (var known in new[] { lookup, lookup with { Condition = impossible } })
            Assert.Equal(first with { IsRepeated = true }, await log.AppendAsync(known));
        foreach (var other in new[] { lookup with { Content = "evom"u8.ToArray() }, lookup with { Content = default } })
            Assert.Equal(AppendStatus.RequestReused, (await log.AppendAsync(other)).Status);
        Assert.Equal(AppendStatus.NotFound, (await log.AppendAsync(lookup with { Request = lookup.Request with { Number = 2 } })).Status);
        Assert.Equal(3, (await EventsAsync(log, subscriber)).Length);
    }

    [Fact]
    public async Task A_looked_up_request_keeps_no_checkpoint()
    {
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        await log.AppendAsync(NamedRules());

        Assert.Equal(AppendStatus.NotFound, (await log.AppendAsync(new RoomAppend { Request = new RequestId(7, 1), Checkpoint = State("never") })).Status);

        Assert.Null((await BasisAsync(store)).State);
        Assert.Equal(AppendStatus.NotFound, (await log.AppendAsync(new RoomAppend { Request = new RequestId(7, 1) })).Status);
    }

    [Fact]
    public async Task A_repeated_request_of_the_same_content_gets_the_first_answer_whatever_its_events_are()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        var request = new RequestId(7, 1);
        var first = await log.AppendAsync(Decided(1) with { Request = request, Content = "roll"u8.ToArray() });

        Assert.Equal(first with { IsRepeated = true }, await log.AppendAsync(Decided(2) with { Request = request, Content = "roll"u8.ToArray() }));
        RoomEvent[] several = [RoomEvent.Packet(256, 3, 0, default, stream: Board), RoomEvent.Packet(256, 4, 0, default, stream: Clock)];
        Assert.Equal(first with { IsRepeated = true }, await log.AppendAsync(new RoomAppend(several) { Request = request, Content = "roll"u8.ToArray() }));

        Assert.Equal([1], (await EventsAsync(log, subscriber)).Select(static e => e.P1));
    }

    [Fact]
    public async Task A_request_id_for_another_content_is_refused_even_for_the_same_events()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        var request = new RequestId(7, 1);
        await log.AppendAsync(Decided(1) with { Request = request, Content = "roll"u8.ToArray() });

        foreach (var other in new[] { "llor"u8.ToArray(), "roll "u8.ToArray(), default })
            Assert.Equal(AppendStatus.RequestReused, (await log.AppendAsync(Decided(1) with { Request = request, Content = other })).Status);

        Assert.Single(await EventsAsync(log, subscriber));
    }

    /// <summary>Sets a wake-up of a room, and closes the room.</summary>
    private async Task SleepAsync(IRoomStore store, string room, long? wakeAt)
    {
        var (log, subscriber) = await OpenAsync(store, room);
        var checkpoint = new RulesCheckpoint { WakeAt = wakeAt };
        await log.AppendAsync(subscriber.Snapshots[0].Rules is null ? NamedRules() with { Checkpoint = checkpoint } : new RoomAppend { Checkpoint = checkpoint });
        await CloseAsync(log);
    }

    /// <summary>Makes each kind of change to the roster, and reads the wake-up after each change. A wake-up at a later time keeps the room.</summary>
    private async Task ChangeRosterAsync(bool readsPresence)
    {
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        await log.AppendAsync(NamedRules(readsPresence: readsPresence) with { Checkpoint = new RulesCheckpoint { WakeAt = Later } });
        var last = default(AppendResult);
        foreach (var change in new Func<ValueTask<AppendResult>>[]
        {
            () => log.JoinAsync(_alice),
            () => log.RenameAsync(_alice, "alicia"),
            () => log.AppendAsync(new RoomAppend(RoomEvent.Away(_alice.WithNick("alicia").AsAway()))),
            () => log.AppendAsync(new RoomAppend(RoomEvent.Returned(_alice.WithNick("alicia").AsReturned(_alice.Generation + 1)))),
            () => log.LeaveAsync(_alice.WithNick("alicia").AsReturned(_alice.Generation + 1)),
        })
        {
            last = await change();
            Assert.True(last.IsAppended);
            await CloseAsync(log);
            Assert.Equal([new RoomWake(Room, readsPresence ? last.Time : Later)], await WakesAsync(store));
            (log, _) = await OpenAsync(store);
            await log.AppendAsync(new RoomAppend { Checkpoint = new RulesCheckpoint { WakeAt = Later } });
        }

        // Other events set no wake-up, and no event sets a wake-up for finished rules.
        await log.JoinAsync(_alice);
        await log.AppendAsync(new RoomAppend { Checkpoint = new RulesCheckpoint { WakeAt = Later } });
        await log.SayAsync(_alice, "text");
        await log.SendAsync(1);
        await CloseAsync(log);
        Assert.Equal([new RoomWake(Room, Later)], await WakesAsync(store));
        (log, _) = await OpenAsync(store);
        await log.AppendAsync(new RoomAppend { Checkpoint = new RulesCheckpoint { IsFinished = true } });
        await log.LeaveAsync(_alice);
        await CloseAsync(log);
        Assert.Empty(await WakesAsync(store));
    }
}
