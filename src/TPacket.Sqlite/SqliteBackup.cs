using TPacket.Server.Sqlite;

namespace TPacket.Server;

/// <summary>Copies the file of a running server. A service that <c>UseSqlite</c> adds.</summary>
public sealed class SqliteBackup
{
    private readonly SqliteStore _store;

    internal SqliteBackup(SqliteStore store) => _store = store;

    /// <summary>
    /// Writes a copy of the file as it stands at the end of the call. The server goes on meanwhile. A server that is started with the copy gives every room a new epoch, so that clients get a
    /// snapshot and never the events of another past.
    /// </summary>
    /// <param name="path">Where the copy goes; a file there is replaced once the copy is complete. The folder must exist.</param>
    /// <param name="cancellationToken">Ends the copy; nothing is left of it.</param>
    /// <exception cref="RoomStoreException">The file cannot be read, or the copy cannot be written.</exception>
    public Task WriteAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return _store.BackUpAsync(System.IO.Path.GetFullPath(path), cancellationToken);
    }
}
