using System.Buffers;
using System.Collections.Concurrent;
using System.Threading.Channels;

namespace TPacket.Transports.Tests.Harness;

internal delegate void ReceivedCallback(Probe probe, Span<byte> bytes);

/// <summary>A handler that records all events, runs callbacks of the test and records violations of the contract.</summary>
internal sealed class Probe(TransportConnection connection) : TransportHandler
{
    [ThreadStatic]
    private static string? _inCall;

    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _received = new();
    private readonly List<(int Length, TaskCompletionSource Reached)> _waiting = [];
    private readonly Channel<int> _writable = Channel.CreateUnbounded<int>();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Exception?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inside;
    private int _insideWritable;
    private int _endsOfInput;
    private int _closes;
    private int _writables;

    public TransportConnection Connection => connection;

    public ReceivedCallback? Received { get; set; }

    public Action<Probe>? EndOfInput { get; set; }

    public Action<Probe>? Writable { get; set; }

    /// <summary>The violations of the contract.</summary>
    public ConcurrentQueue<string> Breaches { get; } = new();

    public int Closes => Volatile.Read(ref _closes);

    public int EndsOfInput => Volatile.Read(ref _endsOfInput);

    public int Writables => Volatile.Read(ref _writables);

    public byte[] Bytes
    {
        get
        {
            lock (_gate)
                return _received.WrittenSpan.ToArray();
        }
    }

    /// <summary>Closes the connection and detects calls of the handler on this stack.</summary>
    public void Close()
    {
        var outer = _inCall;
        _inCall = nameof(Close);
        connection.Close();
        _inCall = outer;
    }

    /// <summary>Aborts the connection and detects calls of the handler on this stack.</summary>
    public void Abort()
    {
        var outer = _inCall;
        _inCall = nameof(Abort);
        connection.Abort();
        _inCall = outer;
    }

    /// <summary>Starts the connection and detects calls of the handler on this stack.</summary>
    public void Start()
    {
        _inCall = nameof(Start);
        connection.Start(this);
        _inCall = null;
    }

    /// <summary>Waits until at least <paramref name="count"/> bytes have been received.</summary>
    public async Task<byte[]> ReceivedAsync(int count)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_received.WrittenCount >= count)
                reached.SetResult();
            else
                _waiting.Add((count, reached));
        }

        await reached.Task.WaitAsync(Deadline.Limit);
        return Bytes;
    }

    public Task EndOfInputAsync() => _ended.Task.WaitAsync(Deadline.Limit);

    /// <summary>Waits for one call of OnWritable.</summary>
    public async Task WritableAsync()
    {
        using var deadline = Deadline.Start();
        await _writable.Reader.ReadAsync(deadline.Token);
    }

    /// <summary>Sends all bytes, and waits whenever the connection accepts no more.</summary>
    public async Task SendAllAsync(ReadOnlyMemory<byte> bytes)
    {
        while (true)
        {
            var taken = connection.TrySend(bytes.Span);
            Assert.InRange(taken, 0, bytes.Length);
            bytes = bytes[taken..];
            if (bytes.IsEmpty)
                return;
            bytes = bytes[connection.SendWhenWritable(bytes.Span)..];
            await WritableAsync();
        }
    }

    /// <summary>Waits for the end and returns its error.</summary>
    public Task<Exception?> ClosedAsync() => _closed.Task.WaitAsync(Deadline.Limit);

    public override void OnReceived(Span<byte> bytes) => Run(nameof(OnReceived), bytes, static (probe, bytes) =>
    {
        if (probe.EndsOfInput > 0)
            probe.Breaches.Enqueue("OnReceived after OnEndOfInput.");
        if (bytes.IsEmpty)
            probe.Breaches.Enqueue("OnReceived without bytes.");
        probe.Keep(bytes);
        probe.Received?.Invoke(probe, bytes);
    });

    public override void OnEndOfInput() => Run(nameof(OnEndOfInput), [], static (probe, _) =>
    {
        if (Interlocked.Increment(ref probe._endsOfInput) > 1)
            probe.Breaches.Enqueue("OnEndOfInput twice.");
        probe.EndOfInput?.Invoke(probe);
        probe._ended.TrySetResult();
    });

    public override void OnWritable()
    {
        if (Interlocked.Increment(ref _insideWritable) != 1)
            Breaches.Enqueue("OnWritable overlaps itself.");
        if (Closes > 0)
            Breaches.Enqueue("OnWritable after OnClosed.");
        _writable.Writer.TryWrite(Interlocked.Increment(ref _writables));
        try
        {
            Writable?.Invoke(this);
        }
        finally
        {
            Interlocked.Decrement(ref _insideWritable);
        }
    }

    public override void OnClosed(Exception? error)
    {
        if (_inCall is { } call)
            Breaches.Enqueue($"OnClosed on the stack of {call}.");
        if (Interlocked.Exchange(ref _inside, 1) != 0)
            Breaches.Enqueue("OnClosed overlaps another callback.");
        if (Volatile.Read(ref _insideWritable) != 0)
            Breaches.Enqueue("OnClosed overlaps OnWritable.");
        if (Interlocked.Increment(ref _closes) > 1)
            Breaches.Enqueue("OnClosed twice.");
        Volatile.Write(ref _inside, 0);
        _closed.TrySetResult(error);
    }

    private void Run(string name, Span<byte> bytes, ReceivedCallback callback)
    {
        if (Interlocked.Exchange(ref _inside, 1) != 0)
            Breaches.Enqueue($"{name} overlaps another callback.");
        if (Closes > 0)
            Breaches.Enqueue($"{name} after OnClosed.");
        try
        {
            callback(this, bytes);
        }
        finally
        {
            Volatile.Write(ref _inside, 0);
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            _received.Write(bytes);
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Length > _received.WrittenCount)
                    continue;
                _waiting[i].Reached.SetResult();
                _waiting.RemoveAt(i);
            }
        }
    }
}
