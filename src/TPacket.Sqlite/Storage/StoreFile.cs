using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using TPacket.Server.Sqlite.Rooms;
using TPacket.Server.Sqlite.Sessions;

namespace TPacket.Server.Sqlite.Storage;

/// <summary>
/// The file that this process serves: its lock, the writer's connection and the current run. Used by the writer's thread after it was opened.
/// </summary>
internal sealed class StoreFile : IDisposable
{
    private const int CacheKiB = 32 * 1024;

    private readonly SqliteOptions _options;
    private readonly FileLock _lock;
    private Statement? _nextUser;
    private Statement? _reserve;
    private Statement? _probe;

    private StoreFile(string path, SqliteOptions options, FileLock fileLock) => (Path, _options, _lock) = (path, options, fileLock);

    /// <summary>The full path of the file. Links are resolved.</summary>
    public string Path { get; }

    public string WalPath => Path + "-wal";

    public Database Database { get; private set; } = null!;

    public RoomTables Tables { get; private set; } = null!;

    public SessionTable Sessions { get; private set; } = null!;

    /// <summary>The record of the time in which a server ran.</summary>
    public Uptime Uptime { get; } = new();

    public int PageSize { get; private set; }

    /// <summary>The number of the file. A backup has another one.</summary>
    public long File { get; private set; }

    /// <summary>
    /// The branch of the file's history. It changes when the server starts with an older file than the last served one.
    /// Rooms of another branch get a new epoch.
    /// </summary>
    public long Branch { get; private set; }

    /// <summary>The number of starts. Members of an earlier run are no longer connected.</summary>
    public long Run { get; private set; }

    /// <summary>Whether the file is not the last served one, or is an older copy of it.</summary>
    public bool IsOlder { get; private set; }

    /// <summary>Rejects versions of SQLite that can damage files.</summary>
    /// <param name="version">The version as a number: 3_053_004 for 3.53.4.</param>
    /// <exception cref="IOException">The version is too old.</exception>
    public static void ThrowIfOld(int version)
    {
        if (version < Database.OldestVersion)
            throw new IOException($"SQLite {Dotted(version)} can damage files; {Dotted(Database.OldestVersion)} or newer is needed. Update the package SQLitePCLRaw.bundle_e_sqlite3.");
    }

    /// <summary>Opens the file, migrates it and begins a run.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="now">The store's time, in milliseconds since the Unix epoch.</param>
    /// <exception cref="IOException">The file cannot be served. The message has the reason.</exception>
    public static StoreFile Open(SqliteOptions options, long now)
    {
        ThrowIfOld(Database.Version);
        var path = Resolve(options.Path);
        var fileLock = FileLock.Take(path);
        var file = new StoreFile(path, options, fileLock);
        try
        {
            file.Database = file.Connect(DatabaseAccess.Create);
            Schema.Migrate(file.Database, path);
            file.Use(file.Database);
            file.BeginRun(now);
            return file;
        }
        catch (SqliteException e)
        {
            file.Dispose();
            throw new IOException(SqliteErrors.Describe(e, path), e);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Restores a removed file from the open connection: writes the content to its path.
    /// If only the write-ahead log was removed, moves its commits into the file.
    /// </summary>
    /// <returns>Whether the file was restored. The connection must then be reopened. False if there is another file at the path.</returns>
    /// <exception cref="SqliteException">The file cannot be written.</exception>
    public bool TryRescue()
    {
        if (!Database.HasMoved)
        {
            Database.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
            return true;
        }

        if (System.IO.File.Exists(Path))
            return false;
        using var copy = new FileCopy(Database, Path);
        while (!copy.Step())
        {
        }

        // These two files belong to the removed database.
        System.IO.File.Delete(WalPath);
        System.IO.File.Delete(Path + "-shm");
        copy.Finish(isBackup: false);
        return true;
    }

    /// <summary>Reopens the connection after a fault.</summary>
    /// <exception cref="SqliteException">The fault persists.</exception>
    /// <exception cref="IOException">There is another file at the path.</exception>
    public void Reopen()
    {
        var before = Database;
        var fresh = Connect(DatabaseAccess.Write);
        try
        {
            if (fresh.Scalar("PRAGMA application_id") != Schema.ApplicationId || fresh.Scalar("SELECT file FROM server") != File || fresh.Scalar("SELECT run FROM server") != Run)
                throw new IOException($"The file '{Path}' was replaced by another one.");
            Use(fresh);
        }
        catch
        {
            fresh.Dispose();
            throw;
        }

        before.Dispose();
    }

    /// <summary>Returns the reason why a commit would be lost: the file or its write-ahead log was removed or replaced. Null if both are present.</summary>
    public string? DescribeMissingFile()
    {
        if (Database.HasMoved)
            return $"The file '{Path}' was renamed, replaced or removed while the server used it. Put it back, or restart the server.";
        return System.IO.File.Exists(WalPath) ? null : $"The write-ahead log '{WalPath}' was removed while the server used it.";
    }

    /// <summary>Reserves user ids in the current transaction.</summary>
    /// <returns>The first id.</returns>
    public int ReserveUserIds(int count)
    {
        _nextUser!.Step();
        var first = _nextUser.Int(0);
        _nextUser.Reset();
        if (first > int.MaxValue - count)
            first = IUserIdStore.FirstId;
        // Recorded before the commit: losing ids is better than assigning one twice.
        _lock.Write(new FileRecord(File, Run, first + count));
        _reserve!.Bind(1, first + count).Run();
        return first;
    }

    /// <summary>Executes a write that changes no value, in the current transaction.</summary>
    public void Probe() => _probe!.Run();

    public void Dispose()
    {
        Database?.Dispose();
        _lock.Dispose();
    }

    private static string Dotted(int version) => string.Create(CultureInfo.InvariantCulture, $"{version / 1_000_000}.{version / 1000 % 1000}.{version % 1000}");

    private static string Resolve(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        // Links are resolved, so that two names of one file share one lock.
        if (new FileInfo(full) is { LinkTarget: not null } link)
            full = link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        var folder = System.IO.Path.GetDirectoryName(full)!;
        if (!Directory.Exists(folder))
            throw new IOException($"The folder '{folder}' of the file '{path}' does not exist.");
        if (Directory.Exists(full))
            throw new IOException($"'{full}' is a folder, not a file.");
        if (IsRemote(folder))
            throw new IOException($"The folder '{folder}' is on a network drive, where SQLite's write-ahead log does not work. Put the file on a local disk.");
        return full;
    }

    private static bool IsRemote(string folder)
    {
        try
        {
            return new DriveInfo(folder).DriveType == DriveType.Network;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // The type of the drive is unknown; FileLock checks whether locks work.
            return false;
        }
    }

    private Database Connect(DatabaseAccess access)
    {
        var database = Database.Open(Path, access, _options.BusyTimeout);
        try
        {
            var mode = database.Text("PRAGMA journal_mode=WAL");
            if (mode != "wal")
                throw new IOException($"The file '{Path}' cannot use a write-ahead log: its journal mode stays '{mode}'.");
            var synchronous = _options.Durability == SqliteDurability.Full ? "FULL" : "NORMAL";
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA synchronous={synchronous}; PRAGMA cache_size=-{CacheKiB}; PRAGMA journal_size_limit={_options.CheckpointBytes}"));
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private void Use(Database database)
    {
        Tables = new RoomTables(database);
        Sessions = new SessionTable(database);
        Uptime.Use(database);
        Database = database;
        PageSize = (int)database.Scalar("PRAGMA page_size");
        _nextUser = Database.Prepare("SELECT next_user FROM server");
        _reserve = Database.Prepare("UPDATE server SET next_user = ?1");
        _probe = Database.Prepare("UPDATE server SET run = run");
    }

    private void BeginRun(long now)
    {
        File = Database.Scalar("SELECT file FROM server");
        Branch = Database.Scalar("SELECT branch FROM server");
        Run = Database.Scalar("SELECT run FROM server") + 1;
        var nextUser = (int)Database.Scalar("SELECT next_user FROM server");
        var record = _lock.Read();
        // Without a record the file may be an older copy, so treat it as one.
        IsOlder = Run > 1 && (record is not { } last || last.File != File || last.Run >= Run);
        if (IsOlder)
            Branch = RandomNumberGenerator.GetInt32(int.MaxValue);
        if (record is { } before)
            (Run, nextUser) = (before.File == File ? Math.Max(Run, before.Run + 1) : Run, Math.Max(nextUser, before.NextUser));
        // The start must survive a power failure. Then the next start detects commits that the failure has lost.
        Database.Execute("PRAGMA synchronous=FULL");
        Database.Execute(string.Create(CultureInfo.InvariantCulture, $"UPDATE server SET branch = {Branch}, run = {Run}, next_user = {nextUser}"));
        Uptime.Begin(Database, now);
        // Members of the last run leave, or are marked as away, when their room is opened.
        Tables.Rules.WakeRoomsWithMembers(now);
        if (_options.Durability != SqliteDurability.Full)
            Database.Execute("PRAGMA synchronous=NORMAL");
        _lock.Write(new FileRecord(File, Run, nextUser));
    }
}
