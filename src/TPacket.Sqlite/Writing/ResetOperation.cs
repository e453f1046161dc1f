using TPacket.Server.Sqlite.Rooms;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>Sends a subscriber a snapshot, because it has failed or because the log is not where the subscriber has it.</summary>
internal sealed class ResetOperation(OpenRoom room, Subscription subscription, RoomSnapshot? snapshot = null) : RoomOperation(room)
{
    /// <summary>Whether the writer makes it anew when it loads the room again.</summary>
    public bool IsOfLoad { get; } = snapshot is not null;

    private RoomSnapshot? _snapshot = snapshot;

    /// <inheritdoc/>
    public override void Execute(Writer writer) => _snapshot = Room!.IsClosed ? null : writer.Load(Room).TakeSnapshot();

    /// <inheritdoc/>
    public override void Deliver()
    {
        if (_snapshot is not null)
            subscription.Reset(_snapshot);
    }

    /// <inheritdoc/>
    public override void Fail(Writer writer, RoomStoreException error)
    {
        if (!IsOfLoad)
            writer.Defer(this);
    }
}
