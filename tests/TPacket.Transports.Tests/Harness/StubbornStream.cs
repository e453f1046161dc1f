namespace TPacket.Transports.Tests.Harness;

/// <summary>A stream whose reads end only with its disposal, also with an empty buffer and after a cancellation.</summary>
internal sealed class StubbornStream : Stream
{
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsDisposed => _ended.Task.IsCompleted;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public Exception? WriteError { get; init; }

    public Exception? DisposeError { get; init; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(_ended.Task);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        WriteError is null ? ValueTask.CompletedTask : ValueTask.FromException(WriteError);

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _ended.TrySetException(new ObjectDisposedException(nameof(StubbornStream)));
        base.Dispose(disposing);
        if (DisposeError is not null)
            throw DisposeError;
    }
}
