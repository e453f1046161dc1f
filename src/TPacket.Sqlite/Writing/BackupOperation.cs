namespace TPacket.Server.Sqlite.Writing;

/// <summary>Starts a copy of the file. The writer continues it between transactions.</summary>
internal sealed class BackupOperation(string path, CancellationToken cancellationToken) : Operation
{
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Writer? _writer;

    public string Path => path;

    public bool IsCancelled => cancellationToken.IsCancellationRequested;

    public Task Completed => _completed.Task;

    /// <inheritdoc/>
    public override void Execute(Writer writer) => _writer = writer;

    /// <inheritdoc/>
    public override void Commit() => _writer!.Backups.Add(this);

    /// <inheritdoc/>
    public override void Fail(Writer writer, RoomStoreException error) => _completed.TrySetException(error);

    /// <summary>Completes the caller's task.</summary>
    public void Complete() => _completed.TrySetResult();

    /// <summary>Cancels the caller's task.</summary>
    public void Cancel() => _completed.TrySetCanceled(cancellationToken);
}
