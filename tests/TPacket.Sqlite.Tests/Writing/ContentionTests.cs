using Microsoft.Extensions.Diagnostics.HealthChecks;
using TPacket.Server;
using TPacket.Server.Sqlite.Storage;
using TPacket.Sqlite.Tests.Harness;

namespace TPacket.Sqlite.Tests.Writing;

/// <summary>Other programs lock or read the file, or appends outrun the writer. The queue and the write-ahead log stay bounded.</summary>
public sealed class ContentionTests : FailureScene
{
    [Fact]
    public async Task While_another_program_locks_the_file_requests_fail_and_the_queue_stays_bounded()
    {
        await using (var store = TestStore.Start(Folder.File, Time, options => (options.BusyTimeout, options.QueueOperations) = (TimeSpan.Zero, 4)))
        {
            var (log, _) = await store.OpenAsync();
            await SayAsync(log, 1);
            using (var other = Database.Open(Folder.File, DatabaseAccess.Write, TimeSpan.Zero))
            {
                other.Execute("BEGIN IMMEDIATE");
                var failure = await FailAsync(log);
                Assert.Equal((false, $"Another program has locked the file '{Folder.File}'."), (failure.IsOutcomeUnknown, failure.Message));
            }

            await SayAsync(log, 10);
            Assert.Equal(HealthStatus.Healthy, (await CheckAsync(store)).Item1);
        }

        await AllAreThereAsync(Folder.File);
    }

    [Fact]
    public async Task A_full_queue_rejects_operations_and_recovers()
    {
        await using (var store = TestStore.Start(Folder.File, Time, options => (options.BusyTimeout, options.QueueOperations) = (TimeSpan.FromSeconds(20), 4)))
        {
            var (log, _) = await store.OpenAsync();
            await SayAsync(log, 1);
            Task<AppendResult>[] waiting;
            using (var other = Database.Open(Folder.File, DatabaseAccess.Write, TimeSpan.Zero))
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

        await AllAreThereAsync(Folder.File);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task The_write_ahead_log_is_bounded_while_another_program_reads_for_long()
    {
        // A short timeout: each checkpoint waits for the reader in vain.
        var busy = TimeSpan.FromMilliseconds(10);
        await using (var store = TestStore.Start(Folder.File, Time, options => (options.CheckpointBytes, options.MaxWalBytes, options.BusyTimeout) = (64 * 1024, 1024 * 1024, busy)))
        {
            var (log, _) = await store.OpenAsync();
            await SayAsync(log, 1);
            RoomStoreException? failure = null;
            using (var other = Database.Open(Folder.File, DatabaseAccess.Read, TimeSpan.Zero))
            {
                other.Execute("BEGIN");
                Assert.Equal(1, other.Scalar("SELECT count(*) FROM chat"));
                for (var i = 0; i < 2000 && failure is null; i++)
                    failure = await TrySayAsync(log, new string('x', 1000));
            }

            Assert.NotNull(failure);
            Assert.False(failure.IsOutcomeUnknown);
            Assert.Contains("because another program keeps a read transaction open", failure.Message, StringComparison.Ordinal);
            Assert.InRange(new FileInfo(Folder.File + "-wal").Length, 0, 1.5 * 1024 * 1024);
            await SayAsync(log, 10);
        }

        await AllAreThereAsync(Folder.File);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task The_write_ahead_log_is_bounded_under_constant_load_with_readers()
    {
        var largest = 0L;
        await using (var store = TestStore.Start(Folder.File, Time, options => options.CheckpointBytes = 256 * 1024))
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
                largest = Math.Max(largest, new FileInfo(Folder.File + "-wal").Length);
            }

            await done.CancelAsync();
            await reading;
        }

        // From four times CheckpointBytes on, the log restarts when it finds no reader. The size at that time depends on the machine, but a log that never restarts would grow with every round.
        Assert.InRange(largest, 1, 4 * 1024 * 1024);
        await AllAreThereAsync(Folder.File);
    }
}
