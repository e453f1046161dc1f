using Microsoft.Data.Sqlite;
using TPacket.Server.Sqlite.Storage;

namespace TPacket.Server.Sqlite.Reading;

/// <summary>The connections for reading. Runs a bounded number of reads concurrently, on the thread pool. Thread-safe.</summary>
internal sealed class ReaderPool(string path, SqliteOptions options) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<PageReader> _idle = new();
    private readonly SemaphoreSlim _turns = new(options.ReadConnections);
    private int _generation;
    private bool _isDisposed;

    /// <summary>Runs a read on a connection of the pool.</summary>
    /// <exception cref="RoomStoreException">The file cannot be read, or the store is closed.</exception>
    public async Task<T> ReadAsync<T>(Func<PageReader, T> read, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Read(read), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>Closes all connections, so that the next reads open new ones.</summary>
    public void CloseAll()
    {
        lock (_gate)
        {
            _generation++;
            while (_idle.TryPop(out var reader))
                reader.Dispose();
        }
    }

    /// <summary>Closes the connections. A connection in use is closed after its read.</summary>
    public void Dispose()
    {
        lock (_gate)
            _isDisposed = true;
        CloseAll();
    }

    private T Read<T>(Func<PageReader, T> read)
    {
        PageReader? reader = null;
        try
        {
            reader = Rent();
            var result = read(reader);
            Return(reader);
            return result;
        }
        catch (SqliteException e)
        {
            reader?.Dispose();
            throw new RoomStoreException(SqliteErrors.Describe(e, path), isOutcomeUnknown: false, e);
        }
        catch
        {
            reader?.Dispose();
            throw;
        }
    }

    private PageReader Rent()
    {
        int generation;
        lock (_gate)
        {
            if (_isDisposed)
                throw new RoomStoreException("The store is closed.", isOutcomeUnknown: false);
            if (_idle.TryPop(out var idle))
                return idle;
            generation = _generation;
        }

        return new PageReader(Database.Open(path, DatabaseAccess.Read, options.BusyTimeout), generation);
    }

    private void Return(PageReader reader)
    {
        lock (_gate)
        {
            if (reader.Generation == _generation && !_isDisposed)
            {
                _idle.Push(reader);
                return;
            }
        }

        reader.Dispose();
    }
}
