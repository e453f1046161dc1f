using TPacket.Server.Sqlite;

namespace TPacket.Server;

/// <summary>Backs up the file of a running server. <c>UseSqlite</c> adds it to the services. Thread-safe.</summary>
public sealed class SqliteBackup
{
    private readonly SqliteStore _store;

    internal SqliteBackup(SqliteStore store) => _store = store;

    /// <summary>
    /// Writes a copy of the file, with all commits up to the end of the copy. The server continues meanwhile. A server that starts with the copy gives every
    /// room a new epoch, so that clients receive a snapshot instead of events that do not match the events that they know.
    /// </summary>
    /// <param name="path">The path of the copy. The complete copy replaces an existing file. The folder must exist.</param>
    /// <param name="cancellationToken">Cancels the copy and removes the incomplete file.</param>
    /// <returns>A task that completes when the copy is complete on the disk.</returns>
    /// <exception cref="RoomStoreException">The file cannot be read, the copy cannot be written, or the store is closed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the copy was complete.</exception>
    public Task WriteAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return _store.BackUpAsync(System.IO.Path.GetFullPath(path), cancellationToken);
    }
}
