using System.Runtime.InteropServices;
using System.Text;
using SQLitePCL;

namespace TPacket.Server.Sqlite.Storage;

/// <summary>A connection to the file. Used by one thread at a time.</summary>
internal sealed unsafe partial class Database : IDisposable
{
    /// <summary>The oldest SQLite that is accepted: before it, a checkpoint that meets a write can damage the file (WAL-reset bug).</summary>
    public const int OldestVersion = 3_051_003;

    private const int CheckpointNone = -1;
    private const int HasMovedControl = 20;
    private const int CheckpointBusyMilliseconds = 100;

    private readonly sqlite3 _handle;
    private readonly List<Statement> _statements = [];

    static Database() => Batteries_V2.Init();

    private readonly int _busyMilliseconds;

    private Database(sqlite3 handle, TimeSpan busyTimeout) => (_handle, _busyMilliseconds) = (handle, (int)busyTimeout.TotalMilliseconds);

    /// <summary>The version of the SQLite that runs, as a number: 3_053_004 for 3.53.4.</summary>
    public static int Version => raw.sqlite3_libversion_number();

    public sqlite3 Handle => _handle;

    public bool IsInTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Whether the file was renamed, replaced or removed since it was opened.</summary>
    public bool HasMoved
    {
        get
        {
            var moved = 0;
            return sqlite3_file_control(_handle.DangerousGetHandle(), null, HasMovedControl, &moved) == raw.SQLITE_OK && moved != 0;
        }
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="DatabaseException">It cannot be opened.</exception>
    public static Database Open(string path, DatabaseAccess access, TimeSpan busyTimeout)
    {
        var flags = raw.SQLITE_OPEN_NOMUTEX | access switch
        {
            DatabaseAccess.Create => raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE,
            // A connection that only reads still takes part in the shared memory of the write-ahead log.
            _ => raw.SQLITE_OPEN_READWRITE,
        };
        var result = raw.sqlite3_open_v2(path, out var handle, flags, null);
        var database = new Database(handle, busyTimeout);
        try
        {
            database.ThrowOnError(result);
            raw.sqlite3_extended_result_codes(handle, 1);
            raw.sqlite3_busy_timeout(handle, database._busyMilliseconds);
            // Checkpoints are the writer's alone.
            database.Execute("PRAGMA wal_autocheckpoint=0; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY");
            if (access == DatabaseAccess.Read)
                database.Execute("PRAGMA query_only=ON");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Prepares a statement that lives as long as the connection.</summary>
    public Statement Prepare(string sql)
    {
        var statement = new Statement(this, sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Runs statements once, and ignores their rows.</summary>
    public void Execute(string sql) => ThrowOnError(raw.sqlite3_exec(_handle, sql));

    /// <summary>The first column of the first row.</summary>
    public long Scalar(string sql)
    {
        using var statement = new Statement(this, sql);
        return statement.Step() ? statement.Long(0) : 0;
    }

    /// <summary>The first column of the first row, as text.</summary>
    public string Text(string sql)
    {
        using var statement = new Statement(this, sql);
        return statement.Step() ? Encoding.UTF8.GetString(statement.Bytes(0)) : "";
    }

    /// <summary>How many pages the write-ahead log has, and how many of them are in the file already.</summary>
    public (int Pages, int Done) WalPages()
    {
        ThrowOnError(raw.sqlite3_wal_checkpoint_v2(_handle, "main", CheckpointNone, out var pages, out var done));
        return (pages, done);
    }

    /// <summary>Moves pages from the write-ahead log into the file.</summary>
    /// <param name="mode">One of SQLite's SQLITE_CHECKPOINT constants.</param>
    public (int Pages, int Done) Checkpoint(int mode)
    {
        // No more than a hiccup for those who wait for the writer.
        raw.sqlite3_busy_timeout(_handle, Math.Min(CheckpointBusyMilliseconds, _busyMilliseconds));
        var result = raw.sqlite3_wal_checkpoint_v2(_handle, "main", mode, out var pages, out var done);
        raw.sqlite3_busy_timeout(_handle, _busyMilliseconds);
        // Busy means that a reader still needs the rest.
        if (result != raw.SQLITE_BUSY)
            ThrowOnError(result);
        return (pages, done);
    }

    public void ThrowOnError(int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
            throw Error(result);
    }

    public DatabaseException Error(int result)
    {
        var extended = raw.sqlite3_extended_errcode(_handle);
        return (extended & 0xff) == (result & 0xff)
            ? new DatabaseException(extended, raw.sqlite3_errmsg(_handle).utf8_to_string())
            : new DatabaseException(result, raw.sqlite3_errstr(result).utf8_to_string());
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
            statement.Dispose();
        _statements.Clear();
        _handle.Dispose();
    }

    // Not among the functions of SQLitePCLRaw; the library is the one that it loads.
#pragma warning disable IDE1006, SYSLIB1054, CA5393 // The name is SQLite's; nothing has to be marshalled.
    [DllImport("e_sqlite3", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern int sqlite3_file_control(nint database, byte* name, int operation, void* argument);
#pragma warning restore IDE1006, SYSLIB1054, CA5393
}
