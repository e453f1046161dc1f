using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server;
using TPacket.Sqlite.Tests.Harness;
using TPacket.Testing.Stores;
using Xunit.Abstractions;

namespace TPacket.Sqlite.Tests.Storage;

/// <summary>A file that lacks events that clients have seen. The clients get a snapshot, never other events at the same offsets.</summary>
public sealed class OlderFileTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task An_older_copy_has_other_epochs_and_later_ids()
    {
        var copy = _folder.File + ".copy";
        RoomPosition common;
        await using (var store = Start())
            common = (await (await store.OpenAsync()).Log.AnnounceAsync("common")).Position;
        File.Copy(_folder.File, copy);
        RoomPosition lost;
        int lastId;
        await using (var store = Start())
        {
            var (log, subscriber) = await store.OpenAsync();
            Assert.Equal(common, subscriber.Position);
            lost = (await log.AnnounceAsync("lost")).Position;
            lastId = await TakeLastIdAsync(store);
        }

        File.Move(copy, _folder.File, overwrite: true);
        await using var older = Start();

        var (other, newcomer) = await older.OpenAsync();
        Assert.NotEqual(common.Epoch, newcomer.Position.Epoch);
        Assert.Equal(["common"], newcomer.Snapshots[0].History.Select(Text));
        foreach (var known in new[] { common, lost })
            Assert.True((await other.ReadAsync(known, 10, default)).IsGone);
        Assert.Equal(1, (await other.AnnounceAsync("lost")).Position.Offset);
        Assert.True((await other.ReadAsync(lost, 10, default)).IsGone);
        Assert.True((await older.Store.ReserveAsync(1)).TryTake(out var id) && id > lastId);
        Assert.Equal("ok", FileInspector.CheckIntegrity(_folder.File));
    }

    [Fact]
    public async Task A_backup_is_made_while_the_server_runs_and_has_other_epochs()
    {
        var backup = Path.Combine(_folder.Path, "backup.db");
        RoomPosition before;
        string[] texts;
        await using (var store = Start())
        {
            var (log, _) = await store.OpenAsync();
            for (var i = 0; i < 1000; i++)
                await log.AnnounceAsync(new string('x', 1000));
            before = (await log.AnnounceAsync("before")).Position;
            using var done = new CancellationTokenSource();
            var load = Task.Run(async () =>
            {
                while (!done.IsCancellationRequested)
                    await log.AnnounceAsync("meanwhile");
            });
            await store.BackUpAsync(backup);
            await done.CancelAsync();
            await load;
            await log.AnnounceAsync("after");
            texts = [.. (await log.ReadAsync(before, 100_000, default)).Events.Select(Text)];
        }

        Assert.Equal("ok", FileInspector.CheckIntegrity(backup));
        Assert.False(File.Exists(backup + ".partial") || File.Exists(backup + "-wal"));
        File.Move(backup, _folder.File, overwrite: true);
        await using var restored = Start();
        var (copy, subscriber) = await restored.OpenAsync();
        Assert.NotEqual(before.Epoch, subscriber.Position.Epoch);
        Assert.True((await copy.ReadAsync(before, 10, default)).IsGone);
        var kept = new List<string>();
        for (var position = default(RoomPosition?); await copy.ReadAsync(position, 10_000, default) is { Events.Count: > 0 } page; position = page.Position)
            kept.AddRange(page.Events.Select(Text));
        Assert.Equal(1000, kept.Count(static text => text.Length == 1000));
        // The copy ends at an event after the call.
        var behind = kept[1001..];
        Assert.Equal(texts.Take(behind.Count), behind);
    }

    [Fact]
    public async Task A_failed_or_cancelled_backup_leaves_no_file()
    {
        await using var store = Start();
        await (await store.OpenAsync()).Log.AnnounceAsync("one");
        await Assert.ThrowsAsync<RoomStoreException>(() => store.BackUpAsync(Path.Combine(_folder.Path, "nowhere", "backup.db")));
        await Assert.ThrowsAsync<RoomStoreException>(() => store.BackUpAsync(_folder.File));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.BackUpAsync(_folder.File + ".backup", new CancellationToken(canceled: true)));

        Assert.Empty(Directory.GetFiles(_folder.Path, "*backup*"));
        await store.BackUpAsync(_folder.File + ".backup");
        Assert.True(File.Exists(_folder.File + ".backup"));
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task A_write_ahead_log_that_is_cut_anywhere_leaves_the_first_messages()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}.");
        var random = new Random(seed);
        var positions = new List<RoomPosition>();
        byte[] file, wal;
        await using (var store = Start())
        {
            var (log, subscriber) = await store.OpenAsync();
            positions.Add(subscriber.Position);
            for (var i = 0; i < 60; i++)
                positions.Add((await log.AnnounceAsync($"{i}")).Position);
            file = Read(_folder.File);
            wal = Read(_folder.File + "-wal");
        }

        for (var round = 0; round < 60; round++)
        {
            using var folder = new TemporaryFolder();
            File.WriteAllBytes(folder.File, file);
            var cut = round < 2 ? round * 31 : random.Next(wal.Length);
            var rest = wal[..cut];
            // A torn write can leave any bytes.
            if (round % 2 == 0)
                rest = [.. rest, .. RandomBytes(random, random.Next(9000))];
            File.WriteAllBytes(folder.File + "-wal", rest);
            File.Copy(_folder.File + ".lock", folder.File + ".lock");
            if (cut < 50_000 && !HasSchema(folder.File))
                continue;

            Assert.Equal("ok", FileInspector.CheckIntegrity(folder.File));
            await using var store = TestStore.Start(folder.File, _time);
            var (log, _) = await store.OpenAsync();
            var said = (await log.ReadAsync(null, 1000, default)).Events;
            Assert.Equal(Enumerable.Range(0, said.Count).Select(i => $"{i}"), said.Select(Text));
            // Positions after the cut are gone, also when their offsets have other events.
            for (var i = 0; i < 70; i++)
                await log.AnnounceAsync($"other {i}");
            for (var i = said.Count + 1; i < positions.Count; i++)
                Assert.True((await log.ReadAsync(positions[i], 10, default)).IsGone, $"Seed {seed}, round {round}: position {i} of {said.Count}.");
            if (said.Count > 0)
            {
                var known = await log.ReadAsync(positions[said.Count], 10, default);
                Assert.True(known.IsGone || Text(known.Events[0]) == "other 0");
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private static string Text(RoomEvent roomEvent) => Encoding.UTF8.GetString(roomEvent.Data.Span);

    private static byte[] Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] RandomBytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Returns whether the file still has its tables. A file without them counts as new.</summary>
    private static bool HasSchema(string path)
    {
        try
        {
            return FileInspector.Scalar(path, "SELECT count(*) FROM sqlite_schema WHERE name = 'chat'") == 1;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private static async Task<int> TakeLastIdAsync(TestStore store)
    {
        var block = await store.Store.ReserveAsync(100);
        var last = 0;
        while (block.TryTake(out var id))
            last = id;
        return last;
    }

    private TestStore Start() => TestStore.Start(_folder.File, _time);
}
