using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace TPacket.Server.Sqlite.Storage;

/// <summary>Describes and classifies the errors of SQLite.</summary>
internal static class SqliteErrors
{
    /// <summary>The error code of damaged data in the file.</summary>
    public const int Damage = raw.SQLITE_CORRUPT;

    /// <summary>Returns a sentence that describes an error to an operator.</summary>
    public static string Describe(SqliteException error, string path) => error.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => $"The disk of '{path}' is full.",
        raw.SQLITE_CORRUPT => $"The file '{path}' is damaged: {Text(error)}.",
        raw.SQLITE_NOTADB => $"The file '{path}' is not a SQLite database, or is damaged at its beginning.",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"Another program has locked the file '{path}'.",
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => $"The file '{path}' or its folder cannot be written: {Text(error)}.",
        raw.SQLITE_IOERR => $"The disk of '{path}' reports an error: {Text(error)} ({error.SqliteExtendedErrorCode}).",
        _ => $"SQLite reports an error for '{path}': {Text(error)} ({error.SqliteExtendedErrorCode}).",
    };

    /// <summary>Returns whether a commit that failed with an error may still take effect after a crash.</summary>
    public static bool IsOutcomeUnknown(SqliteException error) => error.SqliteErrorCode is not (raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_READONLY);

    /// <summary>Returns whether only some pages are unreadable, so that other rooms may be intact.</summary>
    public static bool IsDamage(SqliteException error) => error.SqliteErrorCode == Damage;

    /// <summary>Returns whether a new connection may clear the error.</summary>
    public static bool NeedsReopening(SqliteException error) => error.SqliteErrorCode is not (raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED);

    // Messages of Microsoft.Data.Sqlite end with a full stop, messages of SQLite do not.
    private static string Text(SqliteException error) => error.Message.TrimEnd('.');
}
