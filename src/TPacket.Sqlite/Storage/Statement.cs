using SQLitePCL;

namespace TPacket.Server.Sqlite.Storage;

/// <summary>
/// A prepared statement. Parameters are numbered from 1 and keep their values until they are bound again; columns are numbered from 0. Not thread-safe.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly Database _database;
    private readonly sqlite3_stmt _statement;
    private bool _isOnRow;

    public Statement(Database database, string sql)
    {
        _database = database;
        database.ThrowOnError(raw.sqlite3_prepare_v3(database.Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public Statement Bind(int parameter, long value)
    {
        ResetIfOnRow();
        _database.ThrowOnError(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, ulong value) => Bind(parameter, unchecked((long)value));

    public Statement BindNull(int parameter)
    {
        ResetIfOnRow();
        _database.ThrowOnError(raw.sqlite3_bind_null(_statement, parameter));
        return this;
    }

    /// <summary>Binds UTF-8 text; SQLite copies it.</summary>
    public Statement BindText(int parameter, ReadOnlySpan<byte> utf8)
    {
        ResetIfOnRow();
        _database.ThrowOnError(raw.sqlite3_bind_text(_statement, parameter, utf8));
        return this;
    }

    /// <summary>Binds bytes; SQLite copies them.</summary>
    public Statement BindBlob(int parameter, ReadOnlySpan<byte> bytes)
    {
        ResetIfOnRow();
        _database.ThrowOnError(raw.sqlite3_bind_blob(_statement, parameter, bytes));
        return this;
    }

    /// <summary>Moves to the next row.</summary>
    /// <returns>False after the last row. The statement can then run again.</returns>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        _isOnRow = result == raw.SQLITE_ROW;
        if (_isOnRow)
            return true;
        // The message is read before the reset, which reports the same error.
        var error = result == raw.SQLITE_DONE ? null : _database.Error(result);
        raw.sqlite3_reset(_statement);
        return error is null ? false : throw error;
    }

    /// <summary>Runs a statement that returns no rows.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    /// <summary>Ends a run before its last row, so that the statement can run again.</summary>
    public void Reset()
    {
        _isOnRow = false;
        raw.sqlite3_reset(_statement);
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Long(int column) => raw.sqlite3_column_int64(_statement, column);

    public ulong Unsigned(int column) => unchecked((ulong)Long(column));

    public int Int(int column) => raw.sqlite3_column_int(_statement, column);

    /// <summary>Returns the text or bytes of a column; valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public void Dispose() => _statement.Dispose();

    /// <summary>Ends the last run if its reader has failed at a damaged row: SQLite refuses to bind parameters within a run.</summary>
    private void ResetIfOnRow()
    {
        if (_isOnRow)
            Reset();
    }
}
