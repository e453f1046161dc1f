using SQLitePCL;

namespace TPacket.Server.Sqlite.Storage;

/// <summary>Says in a sentence what is wrong with the file.</summary>
internal static class Faults
{
    public static string Describe(DatabaseException error, string path) => error.Code switch
    {
        raw.SQLITE_FULL => $"The disk of '{path}' is full.",
        raw.SQLITE_CORRUPT => $"The file '{path}' is damaged: {error.Message}.",
        raw.SQLITE_NOTADB => $"The file '{path}' is no SQLite database, or is damaged at its beginning.",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"Another program has locked the file '{path}'.",
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => $"The file '{path}' or its folder cannot be written: {error.Message}.",
        raw.SQLITE_IOERR => $"The disk of '{path}' reports an error: {error.Message} ({error.ExtendedCode}).",
        _ => $"SQLite fails with '{path}': {error.Message} ({error.ExtendedCode}).",
    };

    /// <summary>Whether a commit that has failed so may be found in the file after a crash.</summary>
    public static bool IsOutcomeUnknown(DatabaseException error) => error.Code is not (raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_READONLY);

    /// <summary>Whether a new connection may help.</summary>
    public static bool NeedsReopening(DatabaseException error) => error.Code is not (raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED);
}
