using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace TPacket.Server.Sqlite.Storage;

/// <summary>Says in a sentence what is wrong with the file.</summary>
internal static class Faults
{
    /// <summary>The code of an error in the file's own data.</summary>
    public const int Damage = raw.SQLITE_CORRUPT;

    public static string Describe(SqliteException error, string path) => error.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => $"The disk of '{path}' is full.",
        raw.SQLITE_CORRUPT => $"The file '{path}' is damaged: {Text(error)}.",
        raw.SQLITE_NOTADB => $"The file '{path}' is no SQLite database, or is damaged at its beginning.",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"Another program has locked the file '{path}'.",
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => $"The file '{path}' or its folder cannot be written: {Text(error)}.",
        raw.SQLITE_IOERR => $"The disk of '{path}' reports an error: {Text(error)} ({error.SqliteExtendedErrorCode}).",
        _ => $"SQLite fails with '{path}': {Text(error)} ({error.SqliteExtendedErrorCode}).",
    };

    /// <summary>Whether a commit that has failed so may be found in the file after a crash.</summary>
    public static bool IsOutcomeUnknown(SqliteException error) => error.SqliteErrorCode is not (raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_READONLY);

    /// <summary>Whether only some pages are unreadable, so that other rooms may be intact.</summary>
    public static bool IsDamage(SqliteException error) => error.SqliteErrorCode == Damage;

    /// <summary>Whether a new connection may help.</summary>
    public static bool NeedsReopening(SqliteException error) => error.SqliteErrorCode is not (raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED);

    // The messages of Microsoft.Data.Sqlite are sentences, those of SQLite are not.
    private static string Text(SqliteException error) => error.Message.TrimEnd('.');
}
