using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TPacket.Server;
using TPacket.Sqlite.Tests.Harness;
using TPacket.Testing;
using TPacket.Testing.Stores;

namespace TPacket.Sqlite.Tests.Writing;

/// <summary>A file that temporarily cannot be written, read or found. Calls fail with a clear error, no acknowledged event is lost, and the store recovers when the cause has ended.</summary>
public sealed class FailureTests : FailureScene
{
    [DiskFact]
    public async Task A_full_disk_fails_requests_until_space_is_free()
    {
        using var disk = new SmallDisk(4);
        await using (var store = TestStore.Start(disk.File, Time))
        {
            var (log, subscriber) = await store.OpenAsync();
            await SayAsync(log, 10);
            disk.Fill();
            var failure = await FailAsync(log);
            Assert.Equal((false, $"The disk of '{disk.File}' is full."), (failure.IsOutcomeUnknown, failure.Message));
            Assert.Equal((HealthStatus.Unhealthy, failure.Message), await CheckAsync(store));
            // Operations that write nothing succeed.
            Assert.Equal(Acknowledged, (await log.ReadAsync(null, 10_000, default)).Events.Select(Text));
            Assert.Equal(Acknowledged[^10..], (await store.OpenAsync()).Subscriber.Snapshots[0].History.Select(Text).TakeLast(10));

            disk.Free();
            await PassAsync(store);

            Assert.Equal(HealthStatus.Healthy, (await CheckAsync(store)).Item1);
            await SayAsync(log, 10);
            Assert.Equal(Acknowledged, subscriber.Events.Select(Text));
            Assert.Single(subscriber.Snapshots);
        }

        await AllAreThereAsync(disk.File);
    }

    [DiskFact]
    public async Task A_temporarily_read_only_disk_fails_requests()
    {
        using var disk = new SmallDisk(8);
        await using (var store = TestStore.Start(disk.File, Time))
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
        string[] files = [Folder.File, Folder.File + "-wal", Folder.File + ".lock"];
        await using (var store = TestStore.Start(Folder.File, Time))
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
                Assert.StartsWith($"The file '{Folder.File}' or its folder cannot be written: ", failure.Message, StringComparison.Ordinal);
                Assert.Equal((HealthStatus.Unhealthy, failure.Message), await CheckAsync(store));
                Assert.Equal(Acknowledged, (await log.ReadAsync(null, 10_000, default)).Events.Select(Text));
            }
            finally
            {
                ImmutableFiles.Set(false, files);
            }

            await PassAsync(store);

            Assert.Equal(HealthStatus.Healthy, (await CheckAsync(store)).Item1);
            await SayAsync(log, 10);
            Assert.Equal(Acknowledged, subscriber.Events.Select(Text));
            Assert.Single(subscriber.Snapshots);
        }

        await AllAreThereAsync(Folder.File);
    }

    [Fact]
    public async Task A_removed_file_is_restored()
    {
        await using (var store = TestStore.Start(Folder.File, Time))
        {
            var (log, subscriber) = await store.OpenAsync();
            await SayAsync(log, 500);
            foreach (var file in Directory.GetFiles(Folder.Path, "chat.db*").Where(static file => !file.EndsWith(".lock", StringComparison.Ordinal)))
                File.Delete(file);
            var failure = await FailAsync(log);
            Assert.Equal((false, $"The file '{Folder.File}' was renamed, replaced or removed while the server used it. Put it back, or restart the server."), (failure.IsOutcomeUnknown, failure.Message));
            Assert.Equal((HealthStatus.Unhealthy, failure.Message), await CheckAsync(store));

            await PassAsync(store);

            Assert.Equal(HealthStatus.Healthy, (await CheckAsync(store)).Item1);
            await SayAsync(log, 10);
            Assert.Equal(Acknowledged, subscriber.Events.Select(Text));
            Assert.Equal(Acknowledged, (await log.ReadAsync(null, 10_000, default)).Events.Select(Text));
        }

        await AllAreThereAsync(Folder.File);
    }

    [Fact]
    public async Task A_file_that_is_removed_during_idleTime_is_restored_before_the_next_request()
    {
        await using (var store = TestStore.Start(Folder.File, Time))
        {
            var (log, _) = await store.OpenAsync();
            await SayAsync(log, 10);
            File.Delete(Folder.File);
            await PassAsync(store);
            await SayAsync(log, 10);
        }

        await AllAreThereAsync(Folder.File);
    }

    [Fact]
    public async Task A_removed_write_ahead_log_loses_noAcknowledged_event()
    {
        await using (var store = TestStore.Start(Folder.File, Time))
        {
            var (log, _) = await store.OpenAsync();
            await SayAsync(log, 500);
            File.Delete(Folder.File + "-wal");
            Assert.Contains("was removed while the server used it", (await FailAsync(log)).Message, StringComparison.Ordinal);

            await PassAsync(store);

            await SayAsync(log, 10);
            Assert.Equal(Acknowledged, (await log.ReadAsync(null, 10_000, default)).Events.Select(Text));
        }

        await AllAreThereAsync(Folder.File);
    }

    [Fact]
    public async Task A_replacing_file_is_unchanged_and_the_server_waits_for_its_own_file()
    {
        var aside = Folder.File + ".aside";
        await using (var store = TestStore.Start(Folder.File, Time))
        {
            var (log, _) = await store.OpenAsync();
            await SayAsync(log, 10);
            File.Move(Folder.File, aside);
            File.WriteAllText(Folder.File, "something else");
            await FailAsync(log);
            await PassAsync(store);
            Assert.False((await FailAsync(log)).IsOutcomeUnknown);
            Assert.Equal("something else", File.ReadAllText(Folder.File));

            File.Move(aside, Folder.File, overwrite: true);
            await PassAsync(store);
            await SayAsync(log, 10);
        }

        await AllAreThereAsync(Folder.File);
    }

    [Fact]
    public async Task A_damaged_room_fails_alone()
    {
        await using (var store = TestStore.Start(Folder.File, Time))
        {
            var (damaged, _) = await store.OpenAsync("damaged");
            for (var i = 0; i < 300; i++)
                await damaged.AnnounceAsync($"damage me {i:D10}");
            var (intact, _) = await store.OpenAsync();
            await SayAsync(intact, 300);
        }

        Damage("damage me 0000000215");
        await using (var store = TestStore.Start(Folder.File, Time))
        {
            var opening = store.Store.OpenAsync("damaged", new RecordingSubscriber(), default).AsTask();
            var (log, subscriber) = await store.OpenAsync();
            Assert.Contains("is damaged", (await Assert.ThrowsAsync<RoomStoreException>(() => opening)).Message, StringComparison.Ordinal);
            Assert.Equal(Acknowledged[^100..], subscriber.Snapshots[0].History.Select(Text));
            await SayAsync(log, 10);
            var (status, text) = await CheckAsync(store);
            Assert.Equal(HealthStatus.Degraded, status);
            Assert.Contains("is damaged", text, StringComparison.Ordinal);
        }
    }

    private void Damage(string marker)
    {
        var bytes = File.ReadAllBytes(Folder.File);
        var at = bytes.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes(marker));
        Assert.True(at > 0);
        bytes.AsSpan(at / 4096 * 4096, 64).Fill(0xff);
        File.WriteAllBytes(Folder.File, bytes);
    }
}
