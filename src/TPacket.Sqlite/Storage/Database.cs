using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace TPacket.Server.Sqlite.Storage;

/// <summary>
/// A connection to the file. Microsoft.Data.Sqlite opens and closes it and runs pragmas and migrations. Frequent statements are prepared on its handle.
/// Not thread-safe.
/// </summary>
internal sealed unsafe class Database : IDisposable
{
    /// <summary>The oldest accepted version of SQLite. In earlier ones, a checkpoint concurrent with a write can damage the file (WAL-reset bug).</summary>
    public const int OldestVersion = 3_051_003;

    private const int CheckpointNone = -1;
    private const int HasMovedControl = 20;
    private const int CheckpointBusyMilliseconds = 100;

    private readonly SqliteConnection _connection;
    private readonly sqlite3 _handle;
    private readonly int _busyMilliseconds;
    private readonly List<Statement> _statements = [];
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;

    static Database() => Batteries_V2.Init();

    private Database(SqliteConnection connection, DatabaseAccess access, TimeSpan busyTimeout)
    {
        (_connection, _handle, _busyMilliseconds) = (connection, connection.Handle!, (int)busyTimeout.TotalMilliseconds);
        try
        {
            raw.sqlite3_busy_timeout(_handle, _busyMilliseconds);
            // Only the writer runs checkpoints.
            Execute("PRAGMA wal_autocheckpoint=0; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY");
            var onlyReads = access is DatabaseAccess.Read or DatabaseAccess.Inspect;
            if (onlyReads)
                Execute("PRAGMA query_only=ON");
            _begin = Prepare(onlyReads ? "BEGIN" : "BEGIN IMMEDIATE");
            _commit = Prepare("COMMIT");
            _rollback = Prepare("ROLLBACK");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The version of the loaded SQLite as a number: 3_053_004 for 3.53.4.</summary>
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

    /// <summary>Opens a connection.</summary>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public static Database Open(string path, DatabaseAccess access, TimeSpan busyTimeout)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            // A connection for reading writes to the shared memory of the write-ahead log.
            Mode = access switch
            {
                DatabaseAccess.Create => SqliteOpenMode.ReadWriteCreate,
                DatabaseAccess.Inspect => SqliteOpenMode.ReadOnly,
                _ => SqliteOpenMode.ReadWrite,
            },
            // A pooled connection would keep a removed or replaced file open.
            Pooling = false,
            // A command retries on a locked file for a number of whole seconds, at least one.
            DefaultTimeout = Math.Max(1, (int)Math.Ceiling(busyTimeout.TotalSeconds)),
        }.ToString());
        try
        {
            connection.Open();
            return new Database(connection, access, busyTimeout);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Prepares a statement. The connection disposes of it.</summary>
    public Statement Prepare(string sql)
    {
        var statement = new Statement(this, sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Begins a transaction. A connection for writing takes the file's write lock.</summary>
    public void Begin() => _begin.Run();

    public void Commit() => _commit.Run();

    public void Rollback() => _rollback.Run();

    /// <summary>Begins a transaction for <see cref="Execute"/>. Disposing of it rolls it back unless it was committed.</summary>
    public SqliteTransaction BeginTransaction() => _connection.BeginTransaction(deferred: false);

    /// <summary>Runs statements once and ignores their rows.</summary>
    public void Execute(string sql)
    {
        using var command = CreateCommand(sql);
        command.ExecuteNonQuery();
    }

    /// <summary>Returns the first column of the first row; 0 if there is no row.</summary>
    public long Scalar(string sql)
    {
        using var command = CreateCommand(sql);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>Returns the first column of the first row as text; empty if there is no row.</summary>
    public string Text(string sql)
    {
        using var command = CreateCommand(sql);
        return command.ExecuteScalar() as string ?? "";
    }

    /// <summary>Returns the number of pages in the write-ahead log and the number of these that are already in the file.</summary>
    public (int Pages, int Done) WalPages()
    {
        ThrowOnError(raw.sqlite3_wal_checkpoint_v2(_handle, "main", CheckpointNone, out var pages, out var done));
        return (pages, done);
    }

    /// <summary>Moves pages from the write-ahead log into the file.</summary>
    /// <param name="mode">A SQLITE_CHECKPOINT constant.</param>
    /// <returns>As <see cref="WalPages"/>.</returns>
    public (int Pages, int Done) Checkpoint(int mode)
    {
        // A short wait, because the writer's queue waits too.
        raw.sqlite3_busy_timeout(_handle, Math.Min(CheckpointBusyMilliseconds, _busyMilliseconds));
        var result = raw.sqlite3_wal_checkpoint_v2(_handle, "main", mode, out var pages, out var done);
        raw.sqlite3_busy_timeout(_handle, _busyMilliseconds);
        // The checkpoint is incomplete (busy) if a reader still needs the remaining pages.
        if (result != raw.SQLITE_BUSY)
            ThrowOnError(result);
        return (pages, done);
    }

    public void ThrowOnError(int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
            throw Error(result);
    }

    public SqliteException Error(int result)
    {
        var extended = raw.sqlite3_extended_errcode(_handle);
        return (extended & 0xff) == (result & 0xff)
            ? new SqliteException(raw.sqlite3_errmsg(_handle).utf8_to_string(), extended & 0xff, extended)
            : new SqliteException(raw.sqlite3_errstr(result).utf8_to_string(), result & 0xff, result);
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
            statement.Dispose();
        _statements.Clear();
        _connection.Dispose();
    }

    private SqliteCommand CreateCommand(string sql)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // All SQL is in this assembly.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    // SQLitePCLRaw does not expose this function of the library that it loads.
#pragma warning disable IDE1006, SYSLIB1054, CA5393 // The name is SQLite's; no argument needs marshalling.
    [DllImport("e_sqlite3", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern int sqlite3_file_control(nint database, byte* name, int operation, void* argument);
#pragma warning restore IDE1006, SYSLIB1054, CA5393
}
