using TPacket.Server.Sqlite.Rooms;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>Reloads a room after a commit with an unknown outcome. If the commit has taken effect, the subscribers get a snapshot.</summary>
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
        // Writer.Load has enqueued the snapshots as operations of their own.
    }

    /// <inheritdoc/>
    public override void Fail(Writer writer, RoomStoreException error) => writer.Defer(this);
}
