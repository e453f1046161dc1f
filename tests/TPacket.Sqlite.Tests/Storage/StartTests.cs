using System.Text;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server;
using TPacket.Server.Sqlite;
using TPacket.Server.Sqlite.Storage;
using TPacket.Sqlite.Tests.Harness;
using TPacket.Testing.Stores;

namespace TPacket.Sqlite.Tests.Storage;

/// <summary>The start with valid files, and the errors for other files.</summary>
public sealed class StartTests : IDisposable
{
    private const string RemoveThirdVersion = "DROP TABLE rules; DROP TABLE rules_state; ALTER TABLE server DROP COLUMN served; ALTER TABLE server DROP COLUMN downtime; ";

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void The_loaded_SQLite_is_new_enough()
    {
        Assert.True(Database.Version >= Database.OldestVersion, $"SQLite {Database.Version} runs.");
    }

    [Fact]
    public void A_SQLite_version_with_a_damaging_bug_is_rejected()
    {
        StoreFile.ThrowIfOld(3_051_003);
        Assert.Equal(
            "SQLite 3.51.2 can damage files; 3.51.3 or newer is needed. Update the package SQLitePCLRaw.bundle_e_sqlite3.", Assert.Throws<IOException>(() => StoreFile.ThrowIfOld(3_051_002)).Message);
    }

    [Fact]
    public async Task A_file_is_rejected_while_another_server_serves_it()
    {
        await using (TestStore.Start(_folder.File))
        {
            var error = Assert.Throws<IOException>(() => TestStore.Start(_folder.File));
            Assert.Equal($"The file '{_folder.File}' is served by another process, which holds '{_folder.File}.lock'.", error.Message);
        }

        await using var next = TestStore.Start(_folder.File);
    }

    [Fact]
    public async Task A_file_is_recognized_through_any_link()
    {
        var link = Path.Combine(_folder.Path, "link.db");
        File.CreateSymbolicLink(link, _folder.File);
        await using var store = TestStore.Start(_folder.File);

        Assert.Contains("is served by another process", Assert.Throws<IOException>(() => TestStore.Start(link)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_schema_is_rejected_and_unchanged()
    {
        await using (TestStore.Start(_folder.File))
        {
        }

        FileInspector.Execute(_folder.File, "PRAGMA user_version=4");

        Assert.Equal(
            $"The file '{_folder.File}' has version 4 of the schema; this server supports versions up to 3. Use a newer server.",
            Assert.Throws<IOException>(() => TestStore.Start(_folder.File)).Message);
        Assert.Equal(4, FileInspector.Scalar(_folder.File, "PRAGMA user_version"));
    }

    [Fact]
    public async Task A_file_of_the_first_version_is_brought_up_to_date_with_its_rooms()
    {
        await using (var store = TestStore.Start(_folder.File))
        {
            var (log, _) = await store.OpenAsync();
            await log.AnnounceAsync("before");
        }

        // The second version adds sessions, the third one rules.
        FileInspector.Execute(_folder.File, RemoveThirdVersion + "DROP TABLE session; ALTER TABLE server DROP COLUMN alive; PRAGMA user_version=1");
        await using var again = TestStore.Start(_folder.File);

        Assert.Equal("before", Encoding.UTF8.GetString(Assert.Single((await again.OpenAsync()).Subscriber.Snapshots[0].History).Data.Span));
        Assert.True(await new SqliteSessionStore(again.Queue).AddAsync(new SessionRecord { Number = 1, UserId = 0x1000, Nick = "alice", Token = SecretHash.Of([1]), Grace = TimeSpan.FromSeconds(1) }));
        Assert.Equal(3, FileInspector.Scalar(_folder.File, "PRAGMA user_version"));
    }

    [Fact]
    public async Task A_file_of_the_second_version_is_brought_up_to_date_and_has_no_downtime()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using (var store = TestStore.Start(_folder.File, time))
            await (await store.OpenAsync()).Log.AnnounceAsync("before");
        FileInspector.Execute(_folder.File, RemoveThirdVersion + "PRAGMA user_version=2");
        time.Advance(TimeSpan.FromDays(1));

        await using (var store = TestStore.Start(_folder.File, time))
        {
            var (log, subscriber) = await store.OpenAsync();
            Assert.Equal(0, subscriber.Position.Offset);
            Assert.True((await log.AppendAsync(new RoomAppend(RoomEvent.Rules("poll", 1, false, 42)))).IsAppended);
        }

        Assert.Equal(3, FileInspector.Scalar(_folder.File, "PRAGMA user_version"));
        await using var again = TestStore.Start(_folder.File, time);
        var snapshot = (await again.OpenAsync()).Subscriber.Snapshots[0];
        Assert.Equal(("poll", TimeSpan.Zero), (snapshot.Rules!.Rules.RulesName, snapshot.Downtime));
    }

    [Fact]
    public void A_database_of_another_program_is_rejected_and_unchanged()
    {
        using (var other = Database.Open(_folder.File, DatabaseAccess.Create, TimeSpan.Zero))
            other.Execute("CREATE TABLE theirs (id INTEGER)");

        Assert.Equal($"The file '{_folder.File}' is a SQLite database of another program.", Assert.Throws<IOException>(() => TestStore.Start(_folder.File)).Message);
        Assert.Equal(1, FileInspector.Scalar(_folder.File, "SELECT count(*) FROM sqlite_schema"));
    }

    [Fact]
    public void A_file_that_is_not_a_database_is_rejected_and_unchanged()
    {
        var text = string.Concat(Enumerable.Repeat("This is no database. ", 1000));
        File.WriteAllText(_folder.File, text);

        Assert.Equal(
            $"The file '{_folder.File}' is not a SQLite database, or is damaged at its beginning.", Assert.Throws<IOException>(() => TestStore.Start(_folder.File)).Message);
        Assert.Equal(text, File.ReadAllText(_folder.File, Encoding.UTF8));
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_named()
    {
        var path = Path.Combine(_folder.Path, "nowhere", "chat.db");
        Assert.Equal(
            $"The folder '{Path.GetDirectoryName(path)}' of the file '{path}' does not exist.", Assert.Throws<IOException>(() => TestStore.Start(path)).Message);
        Assert.Equal($"'{_folder.Path}' is a folder, not a file.", Assert.Throws<IOException>(() => TestStore.Start(_folder.Path)).Message);
    }

    [DiskFact]
    public void A_folder_that_cannot_be_written_is_named()
    {
        using var disk = new SmallDisk(1);
        disk.MakeReadOnly();

        var error = Assert.Throws<IOException>(() => TestStore.Start(disk.File));
        Assert.StartsWith($"The file '{disk.File}.lock' cannot be written: ", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
