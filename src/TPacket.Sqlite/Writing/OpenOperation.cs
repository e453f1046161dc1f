using TPacket.Server.Sqlite.Rooms;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>Opens a room for a subscriber.</summary>
internal sealed class OpenOperation(string name, Subscription subscription, OperationQueue queue) : RoomOperation(null)
{
    private readonly TaskCompletionSource<OpenRoom> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RoomSnapshot? _snapshot;

    public Task<OpenRoom> Opened => _opened.Task;

    /// <inheritdoc/>
    public override void Execute(Writer writer)
    {
        Room = writer.Rooms.Get(name);
        var state = writer.Load(Room);
        if (!Room.Subscriptions.Contains(subscription))
            Room.Subscriptions = [.. Room.Subscriptions, subscription];
        _snapshot = state.TakeSnapshot();
        // Only the first subscriber reports the downtime to the room.
        if (Room.Record!.Rules is { } rules && Room.Subscriptions.Length == 1)
            _snapshot = _snapshot with { Downtime = TimeSpan.FromMilliseconds(writer.Downtime - rules.Downtime) };
    }

    /// <inheritdoc/>
    public override void Deliver()
    {
        subscription.Reset(_snapshot!);
        queue.Release(Size);
        _opened.SetResult(Room!);
    }

    /// <inheritdoc/>
    public override void Fail(Writer writer, RoomStoreException error)
    {
        if (Room is not null)
            writer.Rooms.Unsubscribe(Room, subscription);
        queue.Release(Size);
        _opened.SetException(error);
    }
}
