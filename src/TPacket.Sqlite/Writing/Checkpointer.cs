using SQLitePCL;
using TPacket.Server.Sqlite.Storage;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>Moves commits from the write-ahead log into the file, between two transactions of the writer, and bounds the log.</summary>
internal sealed class Checkpointer(StoreFile file, SqliteOptions options)
{
    // A log that readers have kept from beginning anew at so many times its bound is worth a wait for them.
    private const int WaitAt = 4;

    private readonly long _pages = Math.Max(1, options.CheckpointBytes / file.PageSize);
    private readonly long _maxPages = options.MaxWalBytes / file.PageSize;
    private long _length;
    private long _nextAt;

    /// <summary>Keeps the log from growing beyond its bound.</summary>
    /// <exception cref="RoomStoreException">It is as long as it may be.</exception>
    public void ThrowIfFull()
    {
        if (_length < _maxPages)
            return;
        (_length, _) = file.Database.Checkpoint(raw.SQLITE_CHECKPOINT_RESTART);
        if (_length >= _maxPages && file.Database.WalPages() is var (pages, done) && pages != done)
            throw new RoomStoreException($"The write-ahead log of '{file.Path}' has {options.MaxWalBytes} bytes, since another program reads the file for long.", isOutcomeUnknown: false);
        _length = 0;
    }

    /// <summary>Moves what there is, where it is enough.</summary>
    public void Advance()
    {
        (_length, var done) = file.Database.WalPages();
        if (_length < _nextAt)
            _nextAt = 0;
        if (_length - done < _pages || _length < _nextAt)
            return;
        (_length, done) = file.Database.Checkpoint(_length < WaitAt * _pages ? raw.SQLITE_CHECKPOINT_PASSIVE : raw.SQLITE_CHECKPOINT_RESTART);
        // Where readers hold some back, the next attempt waits until there is much more.
        _nextAt = done < _length ? _length + _pages : 0;
    }

    /// <summary>Moves everything.</summary>
    public void Finish() => file.Database.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
}
