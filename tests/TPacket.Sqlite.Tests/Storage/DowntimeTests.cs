using Microsoft.Extensions.Time.Testing;
using TPacket.Server;
using TPacket.Sqlite.Tests.Harness;

namespace TPacket.Sqlite.Tests.Storage;

/// <summary>The downtime in the snapshot of a room with rules.</summary>
public sealed class DowntimeTests : IDisposable
{
    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task The_downtime_is_in_the_first_snapshot_until_an_event_has_recorded_it()
    {
        await using (var store = Start())
            await NameRulesAsync(store);
        _time.Advance(_hour);

        await using var next = Start();
        var (log, first) = await next.OpenAsync();
        var (other, second) = await next.OpenAsync();
        Assert.Equal((_hour, TimeSpan.Zero), (first.Snapshots[0].Downtime, second.Snapshots[0].Downtime));
        await log.DisposeAsync();
        await other.DisposeAsync();
        // No event has recorded the downtime yet. The time in which a server runs does not count.
        _time.Advance(_hour);
        (log, var again) = await next.OpenAsync();
        Assert.Equal(_hour, again.Snapshots[0].Downtime);

        await log.AppendAsync(new RoomAppend(RoomEvent.Opened(_hour)));
        await log.DisposeAsync();
        Assert.Equal(TimeSpan.Zero, await DowntimeAsync(next));
    }

    [Fact]
    public async Task The_downtime_is_the_sum_of_all_times_without_a_server_since_the_last_record()
    {
        // Downtime before the room has rules does not count.
        await using (Start())
        {
        }

        _time.Advance(_hour);
        await using (var store = Start())
            await NameRulesAsync(store);
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(_hour);
            await using var store = Start();
            _time.Advance(TimeSpan.FromMinutes(1));
            var (log, subscriber) = await store.OpenAsync("another");
            Assert.Equal(TimeSpan.Zero, subscriber.Snapshots[0].Downtime);
            await log.DisposeAsync();
        }

        await using (var store = Start())
        {
            Assert.Equal(3 * _hour, await DowntimeAsync(store));
            var (log, _) = await store.OpenAsync();
            await log.AppendAsync(new RoomAppend(RoomEvent.Opened(3 * _hour)));
        }

        _time.Advance(_hour);
        await using var last = Start();
        Assert.Equal(_hour, await DowntimeAsync(last));
    }

    [Fact]
    public async Task Members_that_leave_with_the_last_server_record_nothing()
    {
        await using (var store = Start())
        {
            await NameRulesAsync(store);
            var (log, _) = await store.OpenAsync();
            Assert.True((await log.AppendAsync(new RoomAppend(RoomEvent.Joined(new RoomMember(0x1000, "alice", session: 1))))).IsAppended);
        }

        _time.Advance(_hour);
        await using (var store = Start())
            Assert.Equal(_hour, await DowntimeAsync(store));
        await using var last = Start();
        Assert.Equal(_hour, await DowntimeAsync(last));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 60)]
    public async Task The_downtime_of_a_killed_server_begins_at_its_last_second_or_minute(bool isOpen, int resolution)
    {
        using var killed = new TemporaryFolder();
        await using (var store = Start())
        {
            await NameRulesAsync(store);
            if (isOpen)
                await store.OpenAsync();
            for (var i = 0; i < 150; i++)
                await PassAsync(store);
            _time.Advance(TimeSpan.FromMilliseconds(900));
            CopyTo(killed);
        }

        File.Copy(_folder.File + ".lock", killed.File + ".lock");
        _time.Advance(_hour);
        await using var next = TestStore.Start(killed.File, _time);
        // The downtime is never too short, and too long by at most the time between two writes.
        Assert.InRange(await DowntimeAsync(next) - _hour, TimeSpan.Zero, TimeSpan.FromSeconds(resolution));
    }

    [Fact]
    public async Task A_room_that_is_closed_and_wants_to_be_woken_counts_to_the_second()
    {
        using var killed = new TemporaryFolder();
        await using (var store = Start())
        {
            await NameRulesAsync(store, _time.GetUtcNow().AddYears(1).ToUnixTimeMilliseconds());
            for (var i = 0; i < 50; i++)
                await PassAsync(store);
            CopyTo(killed);
        }

        File.Copy(_folder.File + ".lock", killed.File + ".lock");
        _time.Advance(_hour);
        await using var next = TestStore.Start(killed.File, _time);
        Assert.Equal(_hour, await DowntimeAsync(next));
    }

    [Fact]
    public async Task A_clock_that_was_set_back_causes_no_downtime()
    {
        await using (var store = Start())
            await NameRulesAsync(store);
        _time.AdjustTime(_time.GetUtcNow() - _hour);
        await using (var store = Start())
            Assert.Equal(TimeSpan.Zero, await DowntimeAsync(store));
        _time.Advance(_hour);
        await using var last = Start();
        Assert.Equal(_hour, await DowntimeAsync(last));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task NameRulesAsync(TestStore store, long? wakeAt = null)
    {
        var (log, _) = await store.OpenAsync();
        await log.AppendAsync(new RoomAppend(RoomEvent.Rules("clock", 1, readsPresence: false, seed: 42)) { Checkpoint = new RulesCheckpoint { WakeAt = wakeAt } });
        await log.DisposeAsync();
    }

    /// <summary>Opens and closes the room.</summary>
    private static async Task<TimeSpan> DowntimeAsync(TestStore store)
    {
        var (log, subscriber) = await store.OpenAsync();
        await log.DisposeAsync();
        return subscriber.Snapshots[0].Downtime;
    }

    /// <summary>Copies the files as a killed process would leave them. The lock file can be read only after the server has ended.</summary>
    private void CopyTo(TemporaryFolder killed)
    {
        foreach (var file in new[] { "", "-wal" })
        {
            using var source = new FileStream(_folder.File + file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var target = File.Create(killed.File + file);
            source.CopyTo(target);
        }
    }

    private TestStore Start() => TestStore.Start(_folder.File, _time);

    /// <summary>Advances the time by one tick and waits until the writer has executed it.</summary>
    private async Task PassAsync(TestStore store)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        await store.Store.ReserveAsync(1);
    }
}
