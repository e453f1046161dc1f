using Microsoft.Extensions.Time.Testing;
using TPacket.Server;
using TPacket.Sqlite.Tests.Harness;
using TPacket.Testing.Stores;

namespace TPacket.Sqlite.Tests.Rooms;

/// <summary>The retention of events and rooms.</summary>
public sealed class RetentionTests : IDisposable
{
    private static readonly RoomMember _alice = new(0x1000, "alice", session: 1);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Changes_of_presence_do_not_evict_messages()
    {
        await using var store = Start(options => options.RetentionMessages = 100);
        var (log, _) = await store.OpenAsync();
        await log.AnnounceAsync("stays");
        for (var i = 0; i < 500; i++)
        {
            var guest = new RoomMember(i + 1, "guest", i + 1);
            await log.JoinAsync(guest);
            await log.LeaveAsync(guest);
        }

        Assert.Single((await store.OpenAsync()).Subscriber.Snapshots[0].History);
        var page = await log.ReadAsync(null, 1000, default);
        Assert.Equal(100, page.Events.Count);
        Assert.Equal(901, page.Events[0].Offset);
    }

    [Fact]
    public async Task The_bytes_count_nick_separator_and_text()
    {
        // "alice: 0123456789" is 17 bytes. Events of presence are counted separately.
        await using var store = Start(options => options.RetentionBytes = 34, server => server.HistoryBytes = 0);
        var (log, _) = await store.OpenAsync();
        await log.JoinAsync(_alice);
        for (var i = 0; i < 3; i++)
            await log.SayAsync(_alice, "0123456789");

        Assert.Equal([2L, 3L], (await log.ReadAsync(null, 10, default)).Events.Select(e => e.Offset));
    }

    [Fact]
    public async Task At_least_the_history_of_newcomers_is_kept()
    {
        await using var store = Start(options => (options.RetentionMessages, options.RetentionBytes) = (0, 0), server => server.HistoryMessages = 3);
        var (log, _) = await store.OpenAsync();
        for (var i = 0; i < 5; i++)
            await log.AnnounceAsync($"{i}");
        await log.DisposeAsync();

        Assert.Equal(3, (await store.OpenAsync()).Subscriber.Snapshots[0].History.Count);
    }

    [Fact]
    public async Task A_log_without_retention_can_be_continued_from_its_end()
    {
        await using var store = Start(
            options => (options.RetentionMessages, options.RetentionBytes) = (0, 0), server => (server.HistoryMessages, server.HistoryBytes) = (0, 0));
        var (log, subscriber) = await store.OpenAsync();
        var start = subscriber.Position;
        var one = await log.AnnounceAsync("gone");
        await log.AnnounceAsync("gone too");

        Assert.True((await log.ReadAsync(start, 10, default)).IsGone);
        Assert.True((await log.ReadAsync(one.Position, 10, default)).IsGone);
        Assert.False((await log.ReadAsync(subscriber.Position, 10, default)).IsGone);
        Assert.Empty((await log.ReadAsync(null, 10, default)).Events);
    }

    [Fact]
    public async Task A_long_log_is_trimmed_in_batches_and_never_below_its_limit()
    {
        await using var store = Start(options => options.RetentionMessages = 2000);
        var (log, _) = await store.OpenAsync();
        for (var i = 0; i < 50; i++)
            await log.AppendAsync(new RoomAppend(Enumerable.Range(0, 100).Select(static _ => RoomEvent.Announcement("text"u8.ToArray())).ToArray()));

        var count = 0;
        var position = default(RoomPosition?);
        while (await log.ReadAsync(position, 1000, default) is { Events.Count: > 0 } page)
            (count, position) = (count + page.Events.Count, page.Position);
        Assert.InRange(count, 2000, 2125);
    }

    [Fact]
    public async Task Old_events_are_dropped_also_from_closed_rooms()
    {
        await using var store = Start(options => options.RetentionPeriod = TimeSpan.FromDays(1));
        var (closed, _) = await store.OpenAsync("closed");
        await closed.AnnounceAsync("old");
        _time.Advance(TimeSpan.FromHours(20));
        var last = (await closed.AnnounceAsync("young")).Position;
        await closed.DisposeAsync();
        var (open, _) = await store.OpenAsync("open");
        _time.Advance(TimeSpan.FromHours(10));
        await PassAsync(store);

        var (again, _) = await store.OpenAsync("closed");
        Assert.Equal([1L], (await again.ReadAsync(null, 10, default)).Events.Select(e => e.Offset));
        Assert.False((await again.ReadAsync(last, 10, default)).IsGone);
    }

    [Fact]
    public async Task A_room_with_only_expired_events_is_removed_once_it_is_closed()
    {
        await using var store = Start(options => options.RetentionPeriod = TimeSpan.FromDays(1));
        var (log, subscriber) = await store.OpenAsync();
        await log.AnnounceAsync("old", request: new RequestId(7, 1));
        var epoch = subscriber.Position.Epoch;
        _time.Advance(TimeSpan.FromDays(2));
        await PassAsync(store);
        var (_, second) = await store.OpenAsync();
        Assert.Equal(epoch, second.Position.Epoch);
        Assert.Empty((await log.ReadAsync(null, 10, default)).Events);

        await using (store)
        {
        }

        await using var again = Start(options => options.RetentionPeriod = TimeSpan.FromDays(1));
        _time.Advance(TimeSpan.FromDays(2));
        await PassAsync(again);
        Assert.NotEqual(epoch, (await again.OpenAsync()).Subscriber.Position.Epoch);
    }

    public void Dispose() => _folder.Dispose();

    private TestStore Start(Action<SqliteOptions> configure, Action<TPacketServerOptions>? server = null) => TestStore.Start(_folder.File, _time, configure, server);

    /// <summary>Advances the time by one tick and waits until the writer has executed it.</summary>
    private async Task PassAsync(TestStore store)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        await store.Store.ReserveAsync(1);
    }
}
