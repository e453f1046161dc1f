namespace TPacket.Server.Sqlite.Writing;

/// <summary>A pool of append operations. Thread-safe.</summary>
internal sealed class AppendPool(OperationQueue queue)
{
    private const int MaxKept = 1024;

    private readonly Lock _gate = new();
    private readonly Stack<AppendOperation> _kept = new();

    public AppendOperation Rent()
    {
        lock (_gate)
        {
            if (_kept.TryPop(out var operation))
                return operation;
        }

        return new AppendOperation(queue, this);
    }

    public void Return(AppendOperation operation)
    {
        lock (_gate)
        {
            if (_kept.Count < MaxKept)
                _kept.Push(operation);
        }
    }
}
