using TPacket.Server.Sqlite.Rooms;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>Reads a room again after a commit whose outcome is unknown: where it has taken effect, subscribers get a snapshot.</summary>
internal sealed class RefreshOperation(OpenRoom room) : RoomOperation(room)
{
    /// <inheritdoc/>
    public override void Execute(Writer writer)
    {
        if (!Room!.IsClosed)
            writer.Load(Room);
    }

    /// <inheritdoc/>
    public override void Deliver()
    {
        // The snapshots are delivered before.
    }

    /// <inheritdoc/>
    public override void Fail(Writer writer, RoomStoreException error) => writer.Defer(this);
}
