using TPacket.Server.Sqlite.Rooms;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>Delivers a snapshot to a subscriber that has failed or that has another position than the log.</summary>
internal sealed class ResetOperation(OpenRoom room, Subscription subscription, RoomSnapshot? snapshot = null) : RoomOperation(room)
{
    /// <summary>Whether loading the room has created the operation. The writer does not retry it, because the next load creates it again.</summary>
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
