using TPacket.Server;
using TPacket.Testing.Stores;

namespace TPacket.Testing;

#pragma warning disable CS1591 // The name of a test is its rule.

// Positions, and reading from a position.
public abstract partial class RoomStoreSpecification
{
    [Fact]
    public async Task Events_are_read_from_a_position_on_in_pages()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        await log.JoinAsync(_alice);
        for (var i = 1; i < 10; i++)
            await ReachAsync(subscriber, i % 3 == 0 ? await log.SendAsync(i) : await log.SayAsync(_alice, $"{i}"));

        var all = new List<RoomEvent>();
        var first = subscriber.Events[1];
        var position = subscriber.Position with { Offset = first.Offset, Check = first.Check };
        while (true)
        {
            var page = await log.ReadAsync(position, 3, None);
            Assert.False(page.IsGone);
            Assert.InRange(page.Events.Count, 0, 3);
            position = page.Position;
            if (page.Events.Count == 0)
                break;
            all.AddRange(page.Events);
        }

        Assert.Equal(subscriber.Position, position);
        Assert.Equal(subscriber.Events.Skip(2).Select(Content), all.Select(Content));
    }

    [Fact]
    public async Task A_log_is_read_from_its_beginning_and_from_its_end()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        var empty = subscriber.Position;
        Assert.Equal(RoomPosition.NoEvent, empty.Offset);
        var nothing = await log.ReadAsync(empty, 10, None);
        Assert.Equal((false, 0, empty), (nothing.IsGone, nothing.Events.Count, nothing.Position));

        var one = await log.AnnounceAsync("one");

        Assert.Equal("one", Text(Assert.Single((await log.ReadAsync(empty, 10, None)).Events)));
        Assert.Equal("one", Text(Assert.Single((await log.ReadAsync(null, 10, None)).Events)));
        var end = await log.ReadAsync(one.Position, 10, None);
        Assert.Equal((false, 0, one.Position), (end.IsGone, end.Events.Count, end.Position));
    }

    [Fact]
    public async Task A_position_of_another_epoch_check_or_future_is_gone()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        var empty = subscriber.Position;
        var one = (await log.AnnounceAsync("one")).Position;
        var two = (await log.AnnounceAsync("two")).Position;

        RoomPosition[] wrong =
        [
            one with { Epoch = one.Epoch + 1 },
            one with { Check = one.Check + 1 },
            one with { Check = two.Check },
            two with { Offset = two.Offset + 1 },
            two with { Offset = long.MaxValue },
            two with { Check = one.Check },
            empty with { Check = empty.Check + 1 },
            empty with { Offset = -2 },
            empty with { Offset = long.MinValue },
            default,
        ];
        foreach (var position in wrong)
        {
            var page = await log.ReadAsync(position, 10, None);
            Assert.True(page.IsGone, $"{position} is not a position of the log.");
            Assert.Empty(page.Events);
        }
    }

    [Fact]
    public async Task A_dropped_position_is_gone_and_the_position_before_the_oldest_event_is_provable()
    {
        if (HistoryMessages is not { } bound)
            return;
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        for (var i = 0; i < bound + 3; i++)
            await ReachAsync(subscriber, await log.AnnounceAsync($"{i}"));
        RoomPosition At(int index) => subscriber.Position with { Offset = subscriber.Events[index].Offset, Check = subscriber.Events[index].Check };

        Assert.True((await log.ReadAsync(At(1), 10, None)).IsGone);
        var page = await log.ReadAsync(At(2), int.MaxValue, None);
        Assert.False(page.IsGone);
        Assert.Equal(bound, page.Events.Count);
        Assert.Equal(3, page.Events[0].Offset);
        Assert.True((await log.ReadAsync(At(2) with { Check = 1 }, 10, None)).IsGone);
        Assert.Equal(3, (await log.ReadAsync(null, 1, None)).Events[0].Offset);
    }

    [Fact]
    public async Task From_each_position_a_log_reads_on_without_a_gap_or_not_at_all()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        var start = subscriber.Position;
        var many = (HistoryMessages ?? 100) + 10;
        for (var i = 0; i < many; i++)
        {
            // A store may retain these two kinds of events for different times.
            var guest = new RoomMember(0x2000 + i, "guest", session: 100 + i);
            await log.JoinAsync(guest);
            await log.SayAsync(guest, $"{i}");
            await log.LeaveAsync(guest);
        }

        await ReadOnFromEachPositionAsync(log, start, await EventsAsync(log, subscriber), subscriber.Position);
    }

    /// <summary>Reads from each position of a log, and asserts that each page is either gone or has all later events.</summary>
    /// <returns>The page of all events that the log retains.</returns>
    private static async Task<RoomPage> ReadOnFromEachPositionAsync(IRoomLog log, RoomPosition start, RoomEvent[] events, RoomPosition end)
    {
        var wasKept = false;
        for (var i = -1; i < events.Length; i++)
        {
            var position = i < 0 ? start : end with { Offset = i, Check = events[i].Check };
            var page = await log.ReadAsync(position, int.MaxValue, None);
            Assert.True(page.IsGone == !wasKept || !page.IsGone, $"{i} is gone, and an older position is not.");
            wasKept |= !page.IsGone;
            Assert.Equal(page.IsGone ? [] : Enumerable.Range(i + 1, events.Length - i), page.Events.Select(e => (int)e.Offset));
            Assert.True(page.IsGone || page.Position == end, $"A page from {i} on ends at {page.Position}.");
        }

        Assert.True(wasKept, "Nothing was kept.");
        var oldest = await log.ReadAsync(null, int.MaxValue, None);
        Assert.Equal(Enumerable.Range((int)oldest.Events[0].Offset, oldest.Events.Count), oldest.Events.Select(e => (int)e.Offset));
        Assert.Equal(end, oldest.Position);
        return oldest;
    }

    [Fact]
    public async Task Two_logs_have_different_epochs_and_checks()
    {
        var store = await CreateStoreAsync();
        var (first, a) = await OpenAsync(store);
        var (second, _) = await OpenAsync(store, "other");

        var one = await first.AnnounceAsync("same");
        var other = await second.AnnounceAsync("same");

        Assert.NotEqual(one.Position.Epoch, other.Position.Epoch);
        Assert.NotEqual(one.Position.Check, other.Position.Check);
        Assert.NotEqual(a.Snapshots[0].Position.Check, one.Position.Check);
    }
}
