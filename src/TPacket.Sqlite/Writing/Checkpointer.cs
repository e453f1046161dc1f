using SQLitePCL;
using TPacket.Server.Sqlite.Storage;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>Moves commits from the write-ahead log into the file, between the writer's transactions, and limits the log's size.</summary>
internal sealed class Checkpointer(StoreFile file, SqliteOptions options)
{
    // If readers keep the log from restarting, the checkpoint waits for them from this multiple of CheckpointBytes on.
    private const int WaitAt = 4;

    private readonly long _pages = Math.Max(1, options.CheckpointBytes / file.PageSize);
    private readonly long _maxPages = options.MaxWalBytes / file.PageSize;
    private long _length;
    private long _nextAt;

    /// <summary>Restarts the log if it has its maximum size.</summary>
    /// <exception cref="RoomStoreException">A reader keeps the log from restarting.</exception>
    public void ThrowIfFull()
    {
        if (_length < _maxPages)
            return;
        (_length, _) = file.Database.Checkpoint(raw.SQLITE_CHECKPOINT_RESTART);
        if (_length >= _maxPages && file.Database.WalPages() is var (pages, done) && pages != done)
            throw new RoomStoreException($"The write-ahead log of '{file.Path}' has its maximum size of {options.MaxWalBytes} bytes, because another program keeps a read transaction open.", isOutcomeUnknown: false);
        _length = 0;
    }

    /// <summary>Moves commits if there are enough of them.</summary>
    public void Advance()
    {
        (_length, var done) = file.Database.WalPages();
        if (_length < _nextAt)
            _nextAt = 0;
        if (_length - done < _pages || _length < _nextAt)
            return;
        (_length, done) = file.Database.Checkpoint(_length < WaitAt * _pages ? raw.SQLITE_CHECKPOINT_PASSIVE : raw.SQLITE_CHECKPOINT_RESTART);
        // If readers hold some pages back, the next attempt waits until the log has grown.
        _nextAt = done < _length ? _length + _pages : 0;
    }

    /// <summary>Moves all commits and truncates the log.</summary>
    public void Finish() => file.Database.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
}
