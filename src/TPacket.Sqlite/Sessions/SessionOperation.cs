using TPacket.Server.Sqlite.Writing;

namespace TPacket.Server.Sqlite.Sessions;

/// <summary>A call of the session store.</summary>
/// <param name="call">The call. It gets the table and the store's time in milliseconds since the Unix epoch.</param>
/// <param name="queue">The queue of the operation.</param>
internal sealed class SessionOperation<T>(Func<SessionTable, long, T> call, OperationQueue queue) : Operation
{
    private readonly TaskCompletionSource<T> _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Completed => _completed.Task;

    /// <inheritdoc/>
    public override bool HasChanged => true;

    /// <inheritdoc/>
    public override void Execute(Writer writer)
    {
        writer.Begin();
        _result = call(writer.Sessions, writer.Now);
    }

    /// <inheritdoc/>
    public override void Commit()
    {
        queue.Release(Size);
        _completed.SetResult(_result);
    }

    /// <inheritdoc/>
    public override void Fail(Writer writer, RoomStoreException error)
    {
        queue.Release(Size);
        _completed.SetException(error);
    }
}
