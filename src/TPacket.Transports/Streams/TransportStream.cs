namespace TPacket.Transports.Streams;

/// <summary>
/// A <see cref="TransportConnection"/> as a stream, for what can only stand on one: TLS. Reads continue on the thread that pushes, within its <see cref="FlushBatch"/>; one read and one write
/// at a time, which may overlap. Only <see cref="Write(ReadOnlySpan{byte})"/> is there for those who do not wait: it takes what fits.
/// </summary>
internal sealed class TransportStream : Stream
{
    private readonly TransportConnection _connection;
    private readonly StreamOutput _output;

    /// <summary>Owns a connection that is not started; <see cref="Start"/> starts it, <see cref="Stream.Dispose()"/> closes it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="turn">Taken while a read continues inline, or null where nobody needs that.</param>
    public TransportStream(TransportConnection connection, StreamTurn? turn = null)
    {
        _connection = connection;
        _output = new StreamOutput(connection);
        Input = new StreamInput(connection, _output, turn);
    }

    /// <summary>What has arrived.</summary>
    public StreamInput Input { get; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Begins to receive.</summary>
    public void Start() => _connection.Start(Input);

    /// <summary>Tells the peer that nothing more follows, after what was written.</summary>
    public void ShutdownSend() => _connection.ShutdownSend();

    /// <summary>Releases the connection with a reset; what it has taken may be dropped.</summary>
    public void Abort() => _connection.Abort();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Input.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Input.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _output.WriteAsync(buffer);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _output.WriteAsync(buffer.AsMemory(offset, count)).AsTask();

    /// <summary>Writes what fits and drops the rest: the runtime's TLS writes a last alert so, and nothing else.</summary>
    public override void Write(ReadOnlySpan<byte> buffer) => _connection.TrySend(buffer);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("An event loop cannot wait.");

    public override void Flush()
    {
        // What was written is the system's.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Input.Dispose();
            _output.End(error: null);
            _connection.Close();
        }

        base.Dispose(disposing);
    }
}
