using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace TPacket.Server.Sqlite.Storage;

/// <summary>
/// A connection to the file. Microsoft.Data.Sqlite opens it, runs its pragmas and migrations and closes it; statements that run often are prepared on its handle. Used by one thread at a time.
/// </summary>
internal sealed unsafe class Database : IDisposable
{
    /// <summary>The oldest SQLite that is accepted: before it, a checkpoint that meets a write can damage the file (WAL-reset bug).</summary>
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
            // Checkpoints are the writer's alone.
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
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static Database Open(string path, DatabaseAccess access, TimeSpan busyTimeout)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            // A connection that only reads still takes part in the shared memory of the write-ahead log.
            Mode = access switch
            {
                DatabaseAccess.Create => SqliteOpenMode.ReadWriteCreate,
                DatabaseAccess.Inspect => SqliteOpenMode.ReadOnly,
                _ => SqliteOpenMode.ReadWrite,
            },
            // A connection in a pool would hold a file that was removed or replaced.
            Pooling = false,
            // A command repeats a statement that finds the file locked, for whole seconds and at least one.
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

    /// <summary>Prepares a statement that lives as long as the connection.</summary>
    public Statement Prepare(string sql)
    {
        var statement = new Statement(this, sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Begins a transaction; on a connection that writes, with the file's lock for writing.</summary>
    public void Begin() => _begin.Run();

    public void Commit() => _commit.Run();

    public void Rollback() => _rollback.Run();

    /// <summary>Begins a transaction for <see cref="Execute"/>, which is rolled back unless it is committed.</summary>
    public SqliteTransaction BeginTransaction() => _connection.BeginTransaction(deferred: false);

    /// <summary>Runs statements once, and ignores their rows.</summary>
    public void Execute(string sql)
    {
        using var command = CreateCommand(sql);
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row; 0 where there is none.</summary>
    public long Scalar(string sql)
    {
        using var command = CreateCommand(sql);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>The first column of the first row, as text; empty where there is none.</summary>
    public string Text(string sql)
    {
        using var command = CreateCommand(sql);
        return command.ExecuteScalar() as string ?? "";
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
#pragma warning disable CA2100 // Every text is this assembly's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    // Not among the functions of SQLitePCLRaw; the library is the one that it loads.
#pragma warning disable IDE1006, SYSLIB1054, CA5393 // The name is SQLite's; nothing has to be marshalled.
    [DllImport("e_sqlite3", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern int sqlite3_file_control(nint database, byte* name, int operation, void* argument);
#pragma warning restore IDE1006, SYSLIB1054, CA5393
}
