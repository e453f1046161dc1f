using System.Text;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server;
using TPacket.Server.Sqlite.Reading;
using TPacket.Server.Sqlite.Storage;
using TPacket.Server.Tests.Harness;
using TPacket.Sqlite.Tests.Harness;
using TPacket.Testing.Stores;

namespace TPacket.Sqlite.Tests.Rooms;

/// <summary>The storage of rules, their state and their events, also after failures and restored copies.</summary>
public sealed class RulesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private long Later => _time.GetUtcNow().AddDays(1000).ToUnixTimeMilliseconds();

    [Fact]
    public async Task Retention_drops_events_that_a_state_includes_and_keeps_the_others_until_the_rules_have_finished()
    {
        await using var store = Start(static options => options.RetentionMessages = 100);
        var (log, _) = await store.OpenAsync();
        await log.AppendAsync(Named());
        for (var i = 0; i < 5; i++)
            await log.AppendAsync(new RoomAppend(Enumerable.Range(i * 1000, 1000).Select(static p1 => Decided(p1)[0]).ToArray()));
        var basis = (await BasisAsync(store)).Position;

        var first = await log.ReadRulesAsync(basis, int.MaxValue, default);
        // The size of a page is limited.
        Assert.Equal(Enumerable.Range(0, 4096), first.Events.Select(static e => e.P1));
        Assert.Equal(Enumerable.Range(4096, 904), (await log.ReadRulesAsync(first.Position, int.MaxValue, default)).Events.Select(static e => e.P1));

        var kept = await log.AppendAsync(Decided(5000) with { Checkpoint = State("five thousand") });
        for (var i = 0; i < 3; i++)
            await log.AppendAsync(Decided(5001 + i));
        Assert.Equal(100, Count("other"));
        Assert.Equal([5001, 5002, 5003], (await log.ReadRulesAsync(kept.Position, 1000, default)).Events.Select(static e => e.P1));

        for (var i = 0; i < 200; i++)
            await log.AppendAsync(Decided(i));
        Assert.Equal(203, Count("other"));
        await log.AppendAsync(new RoomAppend { Checkpoint = new RulesCheckpoint { IsFinished = true } });
        Assert.Equal(100, Count("other"));
        Assert.True((await log.ReadRulesAsync(kept.Position, 1000, default)).IsGone);
    }

    [Fact]
    public async Task A_room_with_unfinished_rules_is_kept_beyond_the_retention_period_and_other_rooms_are_removed()
    {
        await using var store = Start(static options => options.RetentionPeriod = TimeSpan.FromDays(1));
        for (var i = 0; i < 20; i++)
        {
            var (log, _) = await store.OpenAsync($"rules {i}");
            await log.AppendAsync(Named() with { Checkpoint = State("kept") });
            await log.AppendAsync(Decided(i));
            await log.AnnounceAsync("dropped");
            await log.DisposeAsync();
        }

        var (plain, _) = await store.OpenAsync("plain");
        await plain.AnnounceAsync("old");
        await plain.DisposeAsync();
        _time.Advance(TimeSpan.FromDays(60));
        for (var i = 0; i < 3; i++)
            await PassAsync(store);

        Assert.Equal((20, 20, 20, 0, 20), (Count("room"), Count("rules"), Count("rules_state"), Count("chat"), Count("other WHERE p1 IS NOT NULL AND kind = 7")));
        var (again, subscriber) = await store.OpenAsync("rules 7");
        Assert.Equal("kept", Text(subscriber.Snapshots[0].Rules!));
        Assert.Equal([7], (await again.ReadRulesAsync(subscriber.Snapshots[0].Rules!.Position, 10, default)).Events.Select(static e => e.P1));

        await again.AppendAsync(new RoomAppend { Checkpoint = new RulesCheckpoint { IsFinished = true } });
        await again.DisposeAsync();
        _time.Advance(TimeSpan.FromDays(2));
        for (var i = 0; i < 3; i++)
            await PassAsync(store);
        Assert.Equal((19, 19, 19), (Count("room"), Count("rules"), Count("rules_state")));
    }

    [Fact]
    public async Task A_room_with_rules_that_have_decided_nothing_is_removed_like_any_other()
    {
        await using var store = Start(static options => options.RetentionPeriod = TimeSpan.FromDays(1));
        await CreateAsync("undecided");
        await CreateAsync("undecided since a downtime", new RoomAppend(RoomEvent.Opened(TimeSpan.FromHours(1))));
        await CreateAsync("undecided since an upgrade", new RoomAppend(RoomEvent.Rules("poll", 2, readsPresence: false, seed: 42)), new RoomAppend { Checkpoint = new RulesCheckpoint() });
        await CreateAsync("decided", Decided(1));
        await CreateAsync("awake", new RoomAppend { Checkpoint = new RulesCheckpoint { WakeAt = Later } });
        _time.Advance(TimeSpan.FromHours(23));
        await PassAsync(store);
        Assert.Equal(5, Count("room"));

        _time.Advance(TimeSpan.FromHours(2));
        for (var i = 0; i < 3; i++)
            await PassAsync(store);
        Assert.Equal((2, 2, 0), (Count("room"), Count("rules"), Count("room WHERE name = 'undecided'")));
        var (again, subscriber) = await store.OpenAsync("undecided");
        Assert.Null(subscriber.Snapshots[0].Rules);
        await again.AppendAsync(Named());
        await again.AppendAsync(Decided(2));
        Assert.Equal([2], (await again.ReadRulesAsync((await BasisOfAsync("undecided")).Position, 10, default)).Events.Select(static e => e.P1));

        async Task CreateAsync(string name, params RoomAppend[] appends)
        {
            var (log, _) = await store.OpenAsync(name);
            await log.AppendAsync(Named());
            await log.AppendAsync(new RoomAppend { Checkpoint = new RulesCheckpoint() });
            await log.AnnounceAsync("text");
            foreach (var append in appends)
                await log.AppendAsync(append);
            await log.DisposeAsync();
        }

        async Task<RulesBasis> BasisOfAsync(string name)
        {
            var (log, seen) = await store.OpenAsync(name);
            await log.DisposeAsync();
            return seen.Snapshots[0].Rules!;
        }
    }

    [Fact]
    public async Task A_room_without_rules_has_no_row_and_causes_no_writes_while_idle()
    {
        await using var store = Start();
        var (log, _) = await store.OpenAsync();
        var served = Served();
        await log.AnnounceAsync("text");
        await log.SendAsync(1);
        _time.Advance(TimeSpan.FromHours(1));
        await PassAsync(store);

        Assert.Equal((0, served), (Count("rules"), Served()));
    }

    [Fact]
    public async Task A_checkpoint_survives_a_commit_of_unknown_outcome()
    {
        await using var store = Start();
        var (log, subscriber) = await store.OpenAsync();
        await log.AppendAsync(Named());
        var last = await log.AppendAsync(Decided(1) with { Checkpoint = State("first") });

        await FailAsync(new RoomAppend { Checkpoint = State("alone") with { WakeAt = Later } });
        Assert.Equal((last.Position, "alone"), (await BasisAsync(store)) is var alone ? (alone.Position, Text(alone)) : default);
        Assert.Equal(Later, Assert.Single(await store.Store.ReadWakesAsync(long.MaxValue, 10, default)).At);
        // No event was appended, so no subscriber has missed one.
        Assert.Single(subscriber.Snapshots);

        await FailAsync(Decided(2) with { Checkpoint = State("with an event") });
        await log.AppendAsync(Decided(3));
        await subscriber.UntilAsync(static s => s.Snapshots.Length == 2, Deadline.Limit);
        var basis = subscriber.Snapshots[1].Rules!;
        Assert.Equal((last.Position.Offset + 1, "with an event"), (basis.Position.Offset, Text(basis)));
        Assert.Equal([3], (await log.ReadRulesAsync(basis.Position, 10, default)).Events.Select(static e => e.P1));

        async Task FailAsync(RoomAppend append)
        {
            LateCommitError.Arm(store.Store.Writer!.Database);
            var failure = await Assert.ThrowsAsync<RoomStoreException>(async () => await log.AppendAsync(append));
            Assert.True(failure.IsOutcomeUnknown, failure.Message);
        }
    }

    [Fact]
    public async Task A_failed_commit_of_a_checkpoint_keeps_the_previous_checkpoint()
    {
        await using var store = Start();
        var (log, _) = await store.OpenAsync();
        await log.AppendAsync(Named());
        var kept = await log.AppendAsync(Decided(1) with { Checkpoint = State("kept") });
        foreach (var file in Directory.GetFiles(_folder.Path, "chat.db*").Where(static file => !file.EndsWith(".lock", StringComparison.Ordinal)))
            File.Delete(file);

        foreach (var lost in new[] { new RoomAppend { Checkpoint = State("lost") with { WakeAt = Later } }, Decided(2) with { Checkpoint = State("lost") with { WakeAt = Later } } })
            Assert.False((await Assert.ThrowsAsync<RoomStoreException>(async () => await log.AppendAsync(lost))).IsOutcomeUnknown);
        await PassAsync(store);

        Assert.Equal((kept.Position, "kept"), (await BasisAsync(store)) is var basis ? (basis.Position, Text(basis)) : default);
        Assert.Empty(await store.Store.ReadWakesAsync(long.MaxValue, 10, default));
        await log.AppendAsync(Decided(3));
        Assert.Equal([3], (await log.ReadRulesAsync(kept.Position, 10, default)).Events.Select(static e => e.P1));
    }

    [Fact]
    public async Task An_older_copy_has_its_basis_in_the_new_epoch_and_the_time_since_as_downtime()
    {
        var backup = Path.Combine(_folder.Path, "backup.db");
        RoomPosition old;
        await using (var store = Start())
        {
            var (log, _) = await store.OpenAsync();
            await log.AppendAsync(Named());
            old = (await log.AppendAsync(Decided(1) with { Checkpoint = State("common") with { WakeAt = Later } })).Position;
            await log.AppendAsync(Decided(2));
            await store.BackUpAsync(backup);
            _time.Advance(TimeSpan.FromHours(1));
            await log.AppendAsync(Decided(3) with { Checkpoint = State("lost") });
        }

        File.Move(backup, _folder.File, overwrite: true);
        await using var older = Start();
        Assert.Equal("lobby", Assert.Single(await older.Store.ReadWakesAsync(long.MaxValue, 10, default)).Room);
        var (again, subscriber) = await older.OpenAsync();

        var basis = subscriber.Snapshots[0].Rules!;
        Assert.NotEqual(old.Epoch, subscriber.Position.Epoch);
        Assert.Equal((old with { Epoch = subscriber.Position.Epoch }, "common"), (basis.Position, Text(basis)));
        Assert.Equal([2], (await again.ReadRulesAsync(basis.Position, 10, default)).Events.Select(static e => e.P1));
        Assert.True((await again.ReadRulesAsync(old, 10, default)).IsGone);
        Assert.Equal(TimeSpan.FromHours(1), subscriber.Snapshots[0].Downtime);
        // The file keeps this epoch.
        var kept = await again.AppendAsync(Decided(4) with { Checkpoint = State("new") });
        Assert.Equal((kept.Position, "new"), (await BasisAsync(older)) is var next ? (next.Position, Text(next)) : default);
    }

    [Fact]
    public async Task Rooms_with_a_wake_time_are_found_by_an_index()
    {
        await using (Start())
        {
        }

        using var database = Database.Open(_folder.File, DatabaseAccess.Read, TimeSpan.FromSeconds(5));
        using var plan = new Statement(database, "EXPLAIN QUERY PLAN " + PageReader.Wakes);
        var steps = new List<string>();
        plan.Bind(1, 0L).Bind(2, 1L);
        while (plan.Step())
            steps.Add(Encoding.UTF8.GetString(plan.Bytes(3)));
        Assert.Equal(["SEARCH rules USING COVERING INDEX rules_wake (wake<?)", "SEARCH room USING INTEGER PRIMARY KEY (rowid=?)"], steps);
    }

    public void Dispose() => _folder.Dispose();

    private static RoomAppend Named() => new(RoomEvent.Rules("poll", 1, readsPresence: false, seed: 42));

    private static RoomAppend Decided(int p1) => new(RoomEvent.Packet(256, p1, 0, default, stream: RoomStream.Rules));

    private static RulesCheckpoint State(string state) => new() { State = Encoding.UTF8.GetBytes(state), Version = 1 };

    private static string? Text(RulesBasis basis) => basis.State is { } state ? Encoding.UTF8.GetString(state.Span) : null;

    private static async Task<RulesBasis> BasisAsync(TestStore store)
    {
        var (log, subscriber) = await store.OpenAsync();
        await log.DisposeAsync();
        return Assert.IsType<RulesBasis>(subscriber.Snapshots[0].Rules);
    }

    private long Count(string table) => FileInspector.Scalar(_folder.File, $"SELECT count(*) FROM {table}");

    private long Served() => FileInspector.Scalar(_folder.File, "SELECT served FROM server");

    private TestStore Start(Action<SqliteOptions>? configure = null) => TestStore.Start(_folder.File, _time, configure);

    /// <summary>Advances the time by one tick and waits until the writer has executed it.</summary>
    private async Task PassAsync(TestStore store)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        await store.Store.ReserveAsync(1);
    }
}
