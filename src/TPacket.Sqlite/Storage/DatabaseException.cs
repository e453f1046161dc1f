using SQLitePCL;

namespace TPacket.Server.Sqlite.Storage;

/// <summary>Thrown when SQLite reports an error.</summary>
/// <param name="code">The extended result code.</param>
/// <param name="message">SQLite's own text.</param>
internal sealed class DatabaseException(int code, string message) : Exception(message)
{
    /// <summary>The extended result code.</summary>
    public int ExtendedCode => code;

    /// <summary>The result code, without its extension.</summary>
    public int Code => code & 0xff;

    /// <summary>Whether only some pages are unreadable, so that other rooms may be intact.</summary>
    public bool IsDamage => Code == raw.SQLITE_CORRUPT;
}
