using TPacket.Transports.Loops;

namespace TPacket.Transports.Streams;

/// <summary>
/// A <see cref="TransportConnection"/> as a stream, for the runtime's TLS. A read continues on the thread that pushes, within its <see cref="FlushBatch"/>. One read and one write may be pending at the
/// same time. The stream is asynchronous, except that <see cref="Write(ReadOnlySpan{byte})"/> sends without waiting.
/// </summary>
internal sealed class TransportStream : Stream
{
    private readonly TransportConnection _connection;
    private readonly StreamOutput _output;

    /// <summary>Creates a stream that owns a connection, which is not started. <see cref="Start"/> starts it and <see cref="Stream.Dispose()"/> closes it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="turn">The turn to hold while a read continues inline, or null.</param>
    public TransportStream(TransportConnection connection, StreamTurn? turn = null)
    {
        _connection = connection;
        _output = new StreamOutput(connection);
        Input = new StreamInput(connection, _output, turn);
    }

    /// <summary>The reading side.</summary>
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

    /// <summary>Shuts down the sending side after all written bytes.</summary>
    public void ShutdownSend() => _connection.ShutdownSend();

    /// <summary>Aborts the connection with a reset. Unsent bytes may be dropped.</summary>
    public void Abort() => _connection.Abort();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Input.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Input.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _output.WriteAsync(buffer);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _output.WriteAsync(buffer.AsMemory(offset, count)).AsTask();

    /// <summary>Sends as many bytes as possible and drops the rest. The runtime's TLS uses this only for a last alert.</summary>
    public override void Write(ReadOnlySpan<byte> buffer) => _connection.TrySend(buffer);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream supports only asynchronous reads.");

    public override void Flush()
    {
        // There is no buffer: the connection has already accepted all written bytes.
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
