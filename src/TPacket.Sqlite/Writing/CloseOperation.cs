using TPacket.Server.Sqlite.Rooms;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>Ends a subscription. The last one closes the room.</summary>
internal sealed class CloseOperation(OpenRoom room, Subscription subscription) : RoomOperation(room)
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes after the last delivery to the subscriber.</summary>
    public Task Closed => _closed.Task;

    /// <inheritdoc/>
    public override void Execute(Writer writer) => writer.Rooms.Unsubscribe(Room!, subscription);

    /// <inheritdoc/>
    public override void Deliver() => _closed.SetResult();

    /// <inheritdoc/>
    public override void Fail(Writer writer, RoomStoreException error) => Commit();
}
