using TPacket.Server.Sqlite.Rooms;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>Ends a subscription; the room is closed with the last one.</summary>
internal sealed class CloseOperation(OpenRoom room, Subscription subscription) : RoomOperation(room)
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the subscriber gets nothing more.</summary>
    public Task Closed => _closed.Task;

    /// <inheritdoc/>
    public override void Execute(Writer writer) => writer.Rooms.Unsubscribe(Room!, subscription);

    /// <inheritdoc/>
    public override void Deliver() => _closed.SetResult();

    /// <inheritdoc/>
    public override void Fail(Writer writer, RoomStoreException error) => Commit();
}
