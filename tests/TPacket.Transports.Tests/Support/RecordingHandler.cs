namespace TPacket.Transports.Tests.Support;

/// <summary>Records what a transport tells, and that it tells it one at a time.</summary>
internal sealed class RecordingHandler(TransportConnection connection) : TransportHandler
{
    private readonly Lock _gate = new();
    private readonly List<byte> _received = [];
    private readonly List<(int Length, TaskCompletionSource Reached)> _awaited = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Exception?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inside;

    public TransportConnection Connection => connection;

    public Action<TransportConnection, byte[]>? Received { get; init; }

    public Action? Writable { get; set; }

    public Task Ended => _ended.Task;

    public Task<Exception?> Closed => _closed.Task;

    public int Endings { get; private set; }

    public int Closings { get; private set; }

    public int Overlaps { get; private set; }

    public int? ClosedOnThread { get; private set; }

    public byte[] Bytes
    {
        get
        {
            lock (_gate)
                return _received.ToArray();
        }
    }

    public Task HasReceived(int length)
    {
        lock (_gate)
        {
            if (_received.Count >= length)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((length, reached));
            return reached.Task;
        }
    }

    public override void OnReceived(Span<byte> bytes)
    {
        using var _ = Enter();
        var copy = bytes.ToArray();
        bytes.Clear(); // The memory is the handler's to change.
        lock (_gate)
        {
            _received.AddRange(copy);
            foreach (var (_, reached) in _awaited.Where(a => a.Length <= _received.Count))
                reached.TrySetResult();
        }

        Received?.Invoke(connection, copy);
    }

    public override void OnEndOfInput()
    {
        using var _ = Enter();
        Endings++;
        _ended.TrySetResult();
    }

    public override void OnWritable() => Writable?.Invoke();

    public override void OnClosed(Exception? error)
    {
        using var _ = Enter();
        Closings++;
        ClosedOnThread = Environment.CurrentManagedThreadId;
        _closed.TrySetResult(error);
    }

    private Exit Enter()
    {
        if (Interlocked.Increment(ref _inside) > 1)
            Overlaps++;
        return new Exit(this);
    }

    private readonly struct Exit(RecordingHandler handler) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref handler._inside);
    }
}
