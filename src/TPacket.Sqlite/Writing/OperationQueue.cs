using Microsoft.Extensions.Options;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>The operations that wait for the writer's thread, in order. An operation counts for the bounds until it is completed.</summary>
internal sealed class OperationQueue(IOptions<SqliteOptions> options)
{
    private readonly object _gate = new();
    private readonly int _maxOperations = options.Value.QueueOperations;
    private readonly int _maxBytes = options.Value.QueueBytes;
    private List<Operation> _waiting = [];
    private int _operations;
    private long _bytes;
    private bool _isWriterWaiting;
    private bool _isClosed;

    /// <summary>How many operations are not completed.</summary>
    public int Count => Volatile.Read(ref _operations);

    /// <summary>Adds an operation of a caller.</summary>
    /// <exception cref="RoomStoreException">The queue is full, or closed.</exception>
    public void Add(Operation operation)
    {
        lock (_gate)
        {
            if (_isClosed)
                throw new RoomStoreException("The store is closed.", isOutcomeUnknown: false);
            // An operation that is larger than the whole queue finds it empty at some time.
            if (_operations >= _maxOperations || (_bytes > 0 && _bytes + operation.Size > _maxBytes))
                throw new RoomStoreException($"The store's queue is full: {_operations} operations with {_bytes} bytes wait for the file.", isOutcomeUnknown: false);
            _operations++;
            _bytes += operation.Size;
            Enqueue(operation);
        }
    }

    /// <summary>Adds an operation of the store itself, which counts nothing.</summary>
    /// <returns>False when the queue is closed.</returns>
    public bool TryAddOwn(Operation operation)
    {
        lock (_gate)
        {
            if (_isClosed)
                return false;
            Enqueue(operation);
            return true;
        }
    }

    /// <summary>An operation of a caller is completed.</summary>
    public void Release(int size)
    {
        lock (_gate)
        {
            _operations--;
            _bytes -= size;
        }
    }

    /// <summary>Takes everything that waits, and gives an empty list for it.</summary>
    /// <param name="empty">The list that takes what comes next.</param>
    /// <param name="wait">Whether to wait until there is something, or the queue is closed.</param>
    public List<Operation> Take(List<Operation> empty, bool wait)
    {
        lock (_gate)
        {
            while (wait && _waiting.Count == 0 && !_isClosed)
            {
                _isWriterWaiting = true;
                Monitor.Wait(_gate);
            }

            _isWriterWaiting = false;
            var taken = _waiting;
            _waiting = empty;
            return taken;
        }
    }

    /// <summary>Accepts nothing more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Whether the queue is closed and empty.</summary>
    public bool IsDone
    {
        get
        {
            lock (_gate)
                return _isClosed && _waiting.Count == 0;
        }
    }

    private void Enqueue(Operation operation)
    {
        _waiting.Add(operation);
        if (!_isWriterWaiting)
            return;
        _isWriterWaiting = false;
        Monitor.Pulse(_gate);
    }
}
