using System.Threading.Tasks.Sources;

namespace TPacket.Transports.Streams;

/// <summary>
/// The writing side of a <see cref="TransportStream"/>. A write passes bytes to the connection at once and waits only for the bytes that the
/// connection does not accept.
/// </summary>
internal sealed class StreamOutput(TransportConnection connection) : IValueTaskSource
{
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _write;
    private ReadOnlyMemory<byte> _rest;
    private bool _writing;
    private Exception? _ended;

    /// <summary>Writes bytes, which the caller must not change until the write has completed.</summary>
    /// <exception cref="InvalidOperationException">Another write is pending.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            if (_writing)
                throw new InvalidOperationException("Another write is pending.");
            if (_ended is not null)
                return ValueTask.FromException(_ended);
            var sent = connection.TrySend(bytes.Span);
            if (sent == bytes.Length)
                return ValueTask.CompletedTask;
            if (sent < 0)
                return ValueTask.FromException(Closed(error: null));
            _write.Reset();
            _writing = true;
            // OnWritable may run before SendWhenWritable returns, and then waits for this lock.
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
                    error = Closed(error: null);
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

    /// <summary>Ends all writes, because the connection has ended or the stream is disposed of. A pending write fails.</summary>
    public void End(Exception? error)
    {
        lock (_gate)
        {
            _ended ??= Closed(error);
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

    private static IOException Closed(Exception? error) => new("The connection is closed.", error);

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
