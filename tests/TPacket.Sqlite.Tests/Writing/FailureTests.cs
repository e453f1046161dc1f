using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server;
using TPacket.Server.Sqlite.Hosting;
using TPacket.Server.Sqlite.Storage;
using TPacket.Sqlite.Tests.Harness;
using TPacket.Testing;
using TPacket.Testing.Stores;

namespace TPacket.Sqlite.Tests.Writing;

/// <summary>A file that temporarily cannot be written, read or found. Calls fail with a clear error, no acknowledged event is lost, and the store recovers when the cause has ended.</summary>
public sealed class FailureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<string> _acknowledged = [];
    private int _said;

    [DiskFact]
    public async Task A_full_disk_fails_requests_until_space_is_free()
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
            // Operations that write nothing succeed.
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
    public async Task A_temporarily_read_only_disk_fails_requests()
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
    public async Task A_file_that_becomes_read_only_fails_requests()
    {
        // Only root can make files immutable, and only on some file systems.
        if (!ImmutableFiles.AreSupported)
            return;
        // The shared memory stays writable: writes to mapped memory cannot report an error.
        string[] files = [_folder.File, _folder.File + "-wal", _folder.File + ".lock"];
        await using (var store = TestStore.Start(_folder.File, _time))
        {
            var (log, subscriber) = await store.OpenAsync();
            await SayAsync(log, 10);
            ImmutableFiles.Set(true, files);
            try
            {
                // The commit itself has failed, so it may still take effect after a crash.
                var failure = await FailAsync(log);
                Assert.True(failure.IsOutcomeUnknown, failure.Message);
                Assert.Contains("reports an error", failure.Message, StringComparison.Ordinal);
                Assert.Equal((HealthStatus.Unhealthy, failure.Message), await CheckAsync(store));
                // A new connection fails before it writes anything.
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
    public async Task A_removed_file_is_restored()
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
    public async Task A_file_that_is_removed_during_idle_time_is_restored_before_the_next_request()
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
    public async Task A_removed_write_ahead_log_loses_no_acknowledged_event()
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
    public async Task A_replacing_file_is_unchanged_and_the_server_waits_for_its_own_file()
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
    public async Task While_another_program_locks_the_file_requests_fail_and_the_queue_stays_bounded()
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
    public async Task A_full_queue_rejects_operations_and_recovers()
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
        // A short timeout: each checkpoint waits for the reader in vain.
        var busy = TimeSpan.FromMilliseconds(10);
        await using (var store = TestStore.Start(_folder.File, _time, options => (options.CheckpointBytes, options.MaxWalBytes, options.BusyTimeout) = (64 * 1024, 1024 * 1024, busy)))
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
            Assert.Contains("because another program keeps a read transaction open", failure.Message, StringComparison.Ordinal);
            Assert.InRange(new FileInfo(_folder.File + "-wal").Length, 0, 1.5 * 1024 * 1024);
            await SayAsync(log, 10);
        }

        await AllAreThereAsync(_folder.File);
    }

    [Fact]
    [Trait("Speed", "Slow")]
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

        // From four times CheckpointBytes on, the log restarts when it finds no reader. The size at that time depends on the machine, but a log that never restarts would grow with every round.
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
        // A few pages may still be free.
        for (var i = 0; i < 100; i++)
        {
            if (await TrySayAsync(log, $"{Interlocked.Increment(ref _said)}") is { } failure)
                return failure;
        }

        throw new InvalidOperationException("No append has failed.");
    }

    /// <summary>Advances the time by one tick and waits until the writer has executed it.</summary>
    private async Task PassAsync(TestStore store)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        // The writer opens the room after the tick. Opening an open room does not access the file.
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
