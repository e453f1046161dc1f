using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server;
using TPacket.Server.Sqlite.Hosting;
using TPacket.Server.Sqlite.Storage;
using TPacket.Sqlite.Tests.Harness;
using TPacket.Testing;

namespace TPacket.Sqlite.Tests;

/// <summary>A file that cannot be written, read or found for a while: a clear error, nothing acknowledged is lost, and the store works again when the cause is gone.</summary>
public sealed class FailureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<string> _acknowledged = [];
    private int _said;

    [DiskFact]
    public async Task A_full_disk_costs_requests_until_there_is_room_again()
    {
        using var disk = new SmallDisk(4);
        await using (var store = TestStore.Start(disk.File, _time))
        {
            var (log, subscriber) = await store.OpenAsync();
            await SayAsync(log, 10);
            disk.Fill();
            var failure = await FailAsync(log);
            Assert.Equal((false, $"The disk of '{disk.File}' is full."), (failure.IsOutcomeUnknown, failure.Message));
            Assert.Equal((HealthStatus.Unhealthy, failure.Message), await CheckAsync(store));
            // What needs nothing of the disk goes on.
            Assert.Equal(_acknowledged, (await log.ReadAsync(null, 10_000, default)).Events.Select(Text));
            Assert.Equal(_acknowledged[^10..], (await store.OpenAsync()).Subscriber.Snapshots[0].History.Select(Text).TakeLast(10));

            disk.Free();
            await PassAsync(store);

            Assert.Equal(HealthStatus.Healthy, (await CheckAsync(store)).Item1);
            await SayAsync(log, 10);
            Assert.Equal(_acknowledged, subscriber.Events.Select(Text));
            Assert.Single(subscriber.Snapshots);
        }

        await AllAreThereAsync(disk.File);
    }

    [DiskFact]
    public async Task A_disk_that_is_read_only_for_a_while_costs_requests()
    {
        using var disk = new SmallDisk(8);
        await using (var store = TestStore.Start(disk.File, _time))
        {
            var (log, _) = await store.OpenAsync();
            await SayAsync(log, 10);
        }

        disk.MakeReadOnly();
        Assert.Contains(disk.File, Assert.Throws<IOException>(() => TestStore.Start(disk.File)).Message, StringComparison.Ordinal);
        disk.MakeWritable();
        await AllAreThereAsync(disk.File);
    }

    [Fact]
    public async Task A_file_that_becomes_read_only_under_the_server_costs_requests()
    {
        // Only root can make files immutable, and only where the file system allows it.
        if (!ImmutableFiles.AreSupported)
            return;
        // Not the shared memory beside them: what is mapped cannot report an error.
        string[] files = [_folder.File, _folder.File + "-wal", _folder.File + ".lock"];
        await using (var store = TestStore.Start(_folder.File, _time))
        {
            var (log, subscriber) = await store.OpenAsync();
            await SayAsync(log, 10);
            ImmutableFiles.Set(true, files);
            try
            {
                // The commit itself has failed, so nobody can say what a crash would leave of it.
                var failure = await FailAsync(log);
                Assert.True(failure.IsOutcomeUnknown, failure.Message);
                Assert.Contains("reports an error", failure.Message, StringComparison.Ordinal);
                Assert.Equal((HealthStatus.Unhealthy, failure.Message), await CheckAsync(store));
                // A new connection finds the cause before anything is written.
                await PassAsync(store);
                failure = await FailAsync(log);
                Assert.False(failure.IsOutcomeUnknown, failure.Message);
                Assert.StartsWith($"The file '{_folder.File}' or its folder cannot be written: ", failure.Message, StringComparison.Ordinal);
                Assert.Equal((HealthStatus.Unhealthy, failure.Message), await CheckAsync(store));
                Assert.Equal(_acknowledged, (await log.ReadAsync(null, 10_000, default)).Events.Select(Text));
            }
            finally
            {
                ImmutableFiles.Set(false, files);
            }

            await PassAsync(store);

            Assert.Equal(HealthStatus.Healthy, (await CheckAsync(store)).Item1);
            await SayAsync(log, 10);
            Assert.Equal(_acknowledged, subscriber.Events.Select(Text));
            Assert.Single(subscriber.Snapshots);
        }

        await AllAreThereAsync(_folder.File);
    }

    [Fact]
    public async Task A_file_that_is_removed_is_written_again()
    {
        await using (var store = TestStore.Start(_folder.File, _time))
        {
            var (log, subscriber) = await store.OpenAsync();
            await SayAsync(log, 500);
            foreach (var file in Directory.GetFiles(_folder.Path, "chat.db*").Where(static file => !file.EndsWith(".lock", StringComparison.Ordinal)))
                File.Delete(file);
            var failure = await FailAsync(log);
            Assert.Equal((false, $"The file '{_folder.File}' was renamed, replaced or removed while the server used it. Put it back, or restart the server."), (failure.IsOutcomeUnknown, failure.Message));
            Assert.Equal((HealthStatus.Unhealthy, failure.Message), await CheckAsync(store));

            await PassAsync(store);

            Assert.Equal(HealthStatus.Healthy, (await CheckAsync(store)).Item1);
            await SayAsync(log, 10);
            Assert.Equal(_acknowledged, subscriber.Events.Select(Text));
            Assert.Equal(_acknowledged, (await log.ReadAsync(null, 10_000, default)).Events.Select(Text));
        }

        await AllAreThereAsync(_folder.File);
    }

    [Fact]
    public async Task A_file_that_is_removed_while_nothing_happens_is_written_again_before_anybody_notices()
    {
        await using (var store = TestStore.Start(_folder.File, _time))
        {
            var (log, _) = await store.OpenAsync();
            await SayAsync(log, 10);
            File.Delete(_folder.File);
            await PassAsync(store);
            await SayAsync(log, 10);
        }

        await AllAreThereAsync(_folder.File);
    }

    [Fact]
    public async Task A_write_ahead_log_that_is_removed_costs_nothing_that_was_acknowledged()
    {
        await using (var store = TestStore.Start(_folder.File, _time))
        {
            var (log, _) = await store.OpenAsync();
            await SayAsync(log, 500);
            File.Delete(_folder.File + "-wal");
            Assert.Contains("was removed while the server used it", (await FailAsync(log)).Message, StringComparison.Ordinal);

            await PassAsync(store);

            await SayAsync(log, 10);
            Assert.Equal(_acknowledged, (await log.ReadAsync(null, 10_000, default)).Events.Select(Text));
        }

        await AllAreThereAsync(_folder.File);
    }

    [Fact]
    public async Task A_file_that_is_replaced_is_not_touched_and_the_server_waits_for_its_own()
    {
        var aside = _folder.File + ".aside";
        await using (var store = TestStore.Start(_folder.File, _time))
        {
            var (log, _) = await store.OpenAsync();
            await SayAsync(log, 10);
            File.Move(_folder.File, aside);
            File.WriteAllText(_folder.File, "something else");
            await FailAsync(log);
            await PassAsync(store);
            Assert.False((await FailAsync(log)).IsOutcomeUnknown);
            Assert.Equal("something else", File.ReadAllText(_folder.File));

            File.Move(aside, _folder.File, overwrite: true);
            await PassAsync(store);
            await SayAsync(log, 10);
        }

        await AllAreThereAsync(_folder.File);
    }

    [Fact]
    public async Task A_damaged_room_fails_alone()
    {
        await using (var store = TestStore.Start(_folder.File, _time))
        {
            var (damaged, _) = await store.OpenAsync("damaged");
            for (var i = 0; i < 300; i++)
                await damaged.AnnounceAsync($"damage me {i:D10}");
            var (intact, _) = await store.OpenAsync();
            await SayAsync(intact, 300);
        }

        Damage("damage me 0000000215");
        await using (var store = TestStore.Start(_folder.File, _time))
        {
            var opening = store.Store.OpenAsync("damaged", new RecordingSubscriber(), default).AsTask();
            var (log, subscriber) = await store.OpenAsync();
            Assert.Contains("is damaged", (await Assert.ThrowsAsync<RoomStoreException>(() => opening)).Message, StringComparison.Ordinal);
            Assert.Equal(_acknowledged[^100..], subscriber.Snapshots[0].History.Select(Text));
            await SayAsync(log, 10);
            var (status, text) = await CheckAsync(store);
            Assert.Equal(HealthStatus.Degraded, status);
            Assert.Contains("is damaged", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_program_that_locks_the_file_costs_requests_and_no_more_wait_than_may()
    {
        await using (var store = TestStore.Start(_folder.File, _time, options => (options.BusyTimeout, options.QueueOperations) = (TimeSpan.Zero, 4)))
        {
            var (log, _) = await store.OpenAsync();
            await SayAsync(log, 1);
            using (var other = Database.Open(_folder.File, DatabaseAccess.Write, TimeSpan.Zero))
            {
                other.Execute("BEGIN IMMEDIATE");
                var failure = await FailAsync(log);
                Assert.Equal((false, $"Another program has locked the file '{_folder.File}'."), (failure.IsOutcomeUnknown, failure.Message));
            }

            await SayAsync(log, 10);
            Assert.Equal(HealthStatus.Healthy, (await CheckAsync(store)).Item1);
        }

        await AllAreThereAsync(_folder.File);
    }

    [Fact]
    public async Task A_queue_that_is_full_rejects_and_goes_on()
    {
        await using (var store = TestStore.Start(_folder.File, _time, options => (options.BusyTimeout, options.QueueOperations) = (TimeSpan.FromSeconds(20), 4)))
        {
            var (log, _) = await store.OpenAsync();
            await SayAsync(log, 1);
            Task<AppendResult>[] waiting;
            using (var other = Database.Open(_folder.File, DatabaseAccess.Write, TimeSpan.Zero))
            {
                other.Execute("BEGIN IMMEDIATE");
                waiting = [.. Enumerable.Range(0, 4).Select(_ => SayOnceAsync(log))];
                var failure = await FailAsync(log);
                Assert.False(failure.IsOutcomeUnknown);
                Assert.StartsWith("The store's queue is full: 4 operations", failure.Message, StringComparison.Ordinal);
            }

            await Task.WhenAll(waiting);
            Assert.Equal(0, store.Queue.Count);
            await SayAsync(log, 1);
        }

        await AllAreThereAsync(_folder.File);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task The_write_ahead_log_is_bounded_while_another_program_reads_for_long()
    {
        await using (var store = TestStore.Start(_folder.File, _time, options => (options.CheckpointBytes, options.MaxWalBytes) = (64 * 1024, 1024 * 1024)))
        {
            var (log, _) = await store.OpenAsync();
            await SayAsync(log, 1);
            RoomStoreException? failure = null;
            using (var other = Database.Open(_folder.File, DatabaseAccess.Read, TimeSpan.Zero))
            {
                other.Execute("BEGIN");
                Assert.Equal(1, other.Scalar("SELECT count(*) FROM chat"));
                for (var i = 0; i < 2000 && failure is null; i++)
                    failure = await TrySayAsync(log, new string('x', 1000));
            }

            Assert.NotNull(failure);
            Assert.False(failure.IsOutcomeUnknown);
            Assert.Contains("since another program reads the file for long", failure.Message, StringComparison.Ordinal);
            Assert.InRange(new FileInfo(_folder.File + "-wal").Length, 0, 1.5 * 1024 * 1024);
            await SayAsync(log, 10);
        }

        await AllAreThereAsync(_folder.File);
    }

    [Fact]
    public async Task The_write_ahead_log_is_bounded_under_constant_load_with_readers()
    {
        var largest = 0L;
        await using (var store = TestStore.Start(_folder.File, _time, options => options.CheckpointBytes = 256 * 1024))
        {
            var (log, _) = await store.OpenAsync();
            using var done = new CancellationTokenSource();
            var reading = Task.Run(async () =>
            {
                while (!done.IsCancellationRequested)
                    await log.ReadAsync(null, 1000, default);
            });
            for (var i = 0; i < 180; i++)
            {
                await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => SayOnceAsync(log)));
                largest = Math.Max(largest, new FileInfo(_folder.File + "-wal").Length);
            }

            await done.CancelAsync();
            await reading;
        }

        // It begins anew when it finds no reader, from four times the bound on. How soon that is depends on the machine; one that never did would grow with every round.
        Assert.InRange(largest, 1, 4 * 1024 * 1024);
        await AllAreThereAsync(_folder.File);
    }

    public void Dispose() => _folder.Dispose();

    private static string Text(RoomEvent roomEvent) => Encoding.UTF8.GetString(roomEvent.Data.Span);

    private static async Task<(HealthStatus, string?)> CheckAsync(TestStore store)
    {
        var registration = new HealthCheckRegistration("store", new SqliteHealthCheck(store.Condition), failureStatus: null, tags: null);
        var result = await registration.Factory(null!).CheckHealthAsync(new HealthCheckContext { Registration = registration });
        return (result.Status, result.Description);
    }

    private async Task<AppendResult> SayOnceAsync(IRoomLog log)
    {
        var text = $"{Interlocked.Increment(ref _said)}";
        var result = await log.AnnounceAsync(text);
        Assert.True(result.IsAppended);
        lock (_acknowledged)
            _acknowledged.Add(text);
        return result;
    }

    private async Task SayAsync(IRoomLog log, int count)
    {
        for (var i = 0; i < count; i++)
            await SayOnceAsync(log);
    }

    private async Task<RoomStoreException?> TrySayAsync(IRoomLog log, string text)
    {
        try
        {
            Assert.True((await log.AnnounceAsync(text)).IsAppended);
            _acknowledged.Add(text);
            return null;
        }
        catch (RoomStoreException e)
        {
            return e;
        }
    }

    private async Task<RoomStoreException> FailAsync(IRoomLog log)
    {
        // A page or two may still be free.
        for (var i = 0; i < 100; i++)
        {
            if (await TrySayAsync(log, $"{Interlocked.Increment(ref _said)}") is { } failure)
                return failure;
        }

        throw new InvalidOperationException("No append has failed.");
    }

    /// <summary>Lets the store's timer run, and waits until the writer has executed what it does then.</summary>
    private async Task PassAsync(TestStore store)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        // Opening is executed behind it, and needs nothing of the file where the room is open.
        var (log, _) = await store.OpenAsync();
        await log.DisposeAsync();
    }

    private async Task AllAreThereAsync(string file)
    {
        Assert.Equal("ok", FileInspector.CheckIntegrity(file));
        await using var store = TestStore.Start(file, _time);
        var (log, _) = await store.OpenAsync();
        var texts = new List<string>();
        for (var position = default(RoomPosition?); await log.ReadAsync(position, 10_000, default) is { Events.Count: > 0 } page; position = page.Position)
            texts.AddRange(page.Events.Select(Text));
        Assert.Equal(_acknowledged.Order(StringComparer.Ordinal), texts.Order(StringComparer.Ordinal));
    }

    private void Damage(string marker)
    {
        var bytes = File.ReadAllBytes(_folder.File);
        var at = bytes.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes(marker));
        Assert.True(at > 0);
        bytes.AsSpan(at / 4096 * 4096, 64).Fill(0xff);
        File.WriteAllBytes(_folder.File, bytes);
    }
}
