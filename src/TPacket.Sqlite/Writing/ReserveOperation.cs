namespace TPacket.Server.Sqlite.Writing;

/// <summary>Reserves user ids.</summary>
internal sealed class ReserveOperation(int count, OperationQueue queue) : Operation
{
    private readonly TaskCompletionSource<UserIdBlock> _reserved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _first;

    public Task<UserIdBlock> Reserved => _reserved.Task;

    /// <inheritdoc/>
    public override bool HasChanged => true;

    /// <inheritdoc/>
    public override void Execute(Writer writer) => _first = writer.ReserveUserIds(count);

    /// <inheritdoc/>
    public override void Commit()
    {
        queue.Release(Size);
        _reserved.SetResult(new UserIdBlock(_first, count));
    }

    /// <inheritdoc/>
    public override void Fail(Writer writer, RoomStoreException error)
    {
        queue.Release(Size);
        _reserved.SetException(error);
    }
}
