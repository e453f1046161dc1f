using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using TPacket.Server.Sqlite.Rooms;
using TPacket.Server.Sqlite.Sessions;

namespace TPacket.Server.Sqlite.Storage;

/// <summary>The file that this process serves: its lock, the writer's connection and the run. Used by the writer's thread once it is open.</summary>
internal sealed class StoreFile : IDisposable
{
    private const int CacheKiB = 32 * 1024;

    private readonly SqliteOptions _options;
    private readonly FileLock _lock;
    private Statement? _nextUser;
    private Statement? _reserve;
    private Statement? _probe;

    private StoreFile(string path, SqliteOptions options, FileLock fileLock) => (Path, _options, _lock) = (path, options, fileLock);

    /// <summary>The file, without links.</summary>
    public string Path { get; }

    public string WalPath => Path + "-wal";

    public Database Database { get; private set; } = null!;

    public RoomTables Tables { get; private set; } = null!;

    public SessionTable Sessions { get; private set; } = null!;

    /// <summary>When a server ran last, and for how long none did.</summary>
    public Uptime Uptime { get; } = new();

    public int PageSize { get; private set; }

    /// <summary>Names the file.</summary>
    public long File { get; private set; }

    /// <summary>Another number whenever the file was found to be older than the one that was served before: rooms of an older branch get a new epoch.</summary>
    public long Branch { get; private set; }

    /// <summary>Counts the starts: members of an earlier run have left.</summary>
    public long Run { get; private set; }

    /// <summary>Whether the file is not the one that was served last, or an older copy of it.</summary>
    public bool IsOlder { get; private set; }

    /// <summary>Rejects a SQLite that can damage files.</summary>
    /// <param name="version">Its version as a number: 3_053_004 for 3.53.4.</param>
    /// <exception cref="IOException">It is too old.</exception>
    public static void ThrowIfOld(int version)
    {
        if (version < Database.OldestVersion)
            throw new IOException($"SQLite {Dotted(version)} can damage files; {Dotted(Database.OldestVersion)} or newer is needed. Update the package SQLitePCLRaw.bundle_e_sqlite3.");
    }

    /// <summary>Opens the file, brings it up to date, and begins a run.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="now">The store's time, in milliseconds since the Unix epoch.</param>
    /// <exception cref="IOException">The file cannot be served; the message says why.</exception>
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
            throw new IOException(Faults.Describe(e, path), e);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Brings back a file that was removed while the connection still has it: writes its content to its place. Where only the write-ahead log was removed, its commits are moved into the file.
    /// </summary>
    /// <returns>Whether that was possible; the connection has to be opened anew. False where another file lies in the place.</returns>
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

        // They belong to the file that was removed.
        System.IO.File.Delete(WalPath);
        System.IO.File.Delete(Path + "-shm");
        copy.Finish(isBackup: false);
        return true;
    }

    /// <summary>Opens the connection anew, after a fault.</summary>
    /// <exception cref="SqliteException">The file cannot be used yet.</exception>
    /// <exception cref="IOException">Another file lies in its place.</exception>
    public void Reopen()
    {
        var before = Database;
        var fresh = Connect(DatabaseAccess.Write);
        try
        {
            if (fresh.Scalar("PRAGMA application_id") != Schema.ApplicationId || fresh.Scalar("SELECT file FROM server") != File || fresh.Scalar("SELECT run FROM server") != Run)
                throw new IOException($"Another file lies in the place of '{Path}'.");
            Use(fresh);
        }
        catch
        {
            fresh.Dispose();
            throw;
        }

        before.Dispose();
    }

    /// <summary>Says why a commit would be lost: the file was removed or replaced. Null where all is well.</summary>
    public string? Missing()
    {
        if (Database.HasMoved)
            return $"The file '{Path}' was renamed, replaced or removed while the server used it. Put it back, or restart the server.";
        return System.IO.File.Exists(WalPath) ? null : $"The write-ahead log '{WalPath}' was removed while the server used it.";
    }

    /// <summary>Reserves ids, in the transaction that is open.</summary>
    /// <returns>The first one.</returns>
    public int ReserveUserIds(int count)
    {
        _nextUser!.Step();
        var first = _nextUser.Int(0);
        _nextUser.Reset();
        if (first > int.MaxValue - count)
            first = IUserIdStore.FirstId;
        // Recorded before the commit: an id is rather lost than given twice.
        _lock.Write(new FileRecord(File, Run, first + count));
        _reserve!.Bind(1, first + count).Run();
        return first;
    }

    /// <summary>Writes something that changes nothing, in the transaction that is open.</summary>
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
        // Two names of one file have one lock.
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
            // The system does not say; the lock is tried all the same.
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
                throw new IOException($"The file '{Path}' cannot have a write-ahead log: its journal mode stays '{mode}'.");
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
        // Without a record nobody knows, which is as good as an older copy.
        IsOlder = Run > 1 && (record is not { } last || last.File != File || last.Run >= Run);
        if (IsOlder)
            Branch = RandomNumberGenerator.GetInt32(int.MaxValue);
        if (record is { } before)
            (Run, nextUser) = (before.File == File ? Math.Max(Run, before.Run + 1) : Run, Math.Max(nextUser, before.NextUser));
        // The start outlives a power failure, so that a tail that such a failure has cost shows at the next one.
        Database.Execute("PRAGMA synchronous=FULL");
        Database.Execute(string.Create(CultureInfo.InvariantCulture, $"UPDATE server SET branch = {Branch}, run = {Run}, next_user = {nextUser}"));
        Uptime.Begin(Database, now);
        // The members of the run before leave, or are away, when their room is opened.
        Tables.Rules.WakeRoomsWithMembers(now);
        if (_options.Durability != SqliteDurability.Full)
            Database.Execute("PRAGMA synchronous=NORMAL");
        _lock.Write(new FileRecord(File, Run, nextUser));
    }
}
