using System.Threading.Tasks.Sources;

namespace TPacket.Transports.Streams;

/// <summary>The writing side of a <see cref="TransportStream"/>: what the connection takes is written at once, and a write waits only for the rest.</summary>
internal sealed class StreamOutput(TransportConnection connection) : IValueTaskSource
{
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _write;
    private ReadOnlyMemory<byte> _rest;
    private bool _writing;
    private Exception? _ended;

    /// <summary>Writes. The bytes belong to the stream until the write has ended.</summary>
    /// <exception cref="InvalidOperationException">Another write waits.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            if (_writing)
                throw new InvalidOperationException("A write waits already.");
            if (_ended is not null)
                return ValueTask.FromException(_ended);
            var sent = connection.TrySend(bytes.Span);
            if (sent == bytes.Length)
                return ValueTask.CompletedTask;
            if (sent < 0)
                return ValueTask.FromException(Gone(error: null));
            _write.Reset();
            _writing = true;
            // OnWritable may come before it is known how much was taken; it waits for this lock.
            WaitWith(bytes[sent..]);
            return new ValueTask(this, _write.Version);
        }
    }

    public void OnWritable()
    {
        Exception? error = null;
        lock (_gate)
        {
            if (!_writing)
                return;
            if (!_rest.IsEmpty)
            {
                var sent = connection.TrySend(_rest.Span);
                if (sent < 0)
                {
                    error = Gone(error: null);
                }
                else if (sent < _rest.Length)
                {
                    WaitWith(_rest[sent..]);
                    return;
                }
            }

            EndWrite();
        }

        Complete(error);
    }

    /// <summary>The connection is gone, or is given up: nothing more is written, and a write that waits fails.</summary>
    public void End(Exception? error)
    {
        lock (_gate)
        {
            _ended ??= Gone(error);
            if (!_writing)
                return;
            EndWrite();
        }

        Complete(_ended);
    }

    void IValueTaskSource.GetResult(short token) => _write.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _write.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _write.OnCompleted(continuation, state, token, flags);

    private static IOException Gone(Exception? error) => new("The connection is gone.", error);

    private void WaitWith(ReadOnlyMemory<byte> rest)
    {
        _rest = rest;
        _rest = rest[connection.SendWhenWritable(rest.Span)..];
    }

    private void EndWrite()
    {
        _writing = false;
        _rest = default;
    }

    private void Complete(Exception? error)
    {
        if (error is null)
            _write.SetResult(true);
        else
            _write.SetException(error);
    }
}
