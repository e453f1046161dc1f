using Microsoft.Extensions.Options;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>The queue of the writer's thread. An operation counts towards the limits until it is completed. Thread-safe.</summary>
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

    /// <summary>The number of callers' operations that are not completed.</summary>
    public int Count => Volatile.Read(ref _operations);

    /// <summary>Enqueues a caller's operation.</summary>
    /// <exception cref="RoomStoreException">The queue is full, or closed.</exception>
    public void Add(Operation operation)
    {
        lock (_gate)
        {
            if (_isClosed)
                throw new RoomStoreException("The store is closed.", isOutcomeUnknown: false);
            // An operation larger than the limit is accepted when the queue is empty.
            if (_operations >= _maxOperations || (_bytes > 0 && _bytes + operation.Size > _maxBytes))
                throw new RoomStoreException($"The store's queue is full: {_operations} operations with {_bytes} bytes wait for the file.", isOutcomeUnknown: false);
            _operations++;
            _bytes += operation.Size;
            Enqueue(operation);
        }
    }

    /// <summary>Enqueues an operation of the store itself. It does not count towards the limits.</summary>
    /// <returns>False if the queue is closed.</returns>
    public bool TryAddInternal(Operation operation)
    {
        lock (_gate)
        {
            if (_isClosed)
                return false;
            Enqueue(operation);
            return true;
        }
    }

    /// <summary>Subtracts a completed operation of a caller from the counts.</summary>
    public void Release(int size)
    {
        lock (_gate)
        {
            _operations--;
            _bytes -= size;
        }
    }

    /// <summary>Dequeues all operations.</summary>
    /// <param name="empty">An empty list, which the queue uses from here on.</param>
    /// <param name="wait">Whether to wait until there is an operation or the queue is closed.</param>
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

    /// <summary>Rejects further operations.</summary>
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
