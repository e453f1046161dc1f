using TPacket.Server.Sqlite.Rooms;
using TPacket.Transports.Loops;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>An operation on one room. It is completed in order with the delivery of the room's events.</summary>
internal abstract class RoomOperation(OpenRoom? room) : Operation
{
    /// <summary>The room.</summary>
    public OpenRoom? Room { get; protected set; } = room;

    /// <summary>The event loop of the caller; null for another thread.</summary>
    public IEventLoop? Loop { get; protected set; }

    /// <inheritdoc/>
    public sealed override void Commit() => Room!.Mailbox.Post(this);

    /// <summary>
    /// Delivers a snapshot if the operation has one, and completes the operation. Called by the room's mailbox, after all earlier deliveries.
    /// </summary>
    public abstract void Deliver();
}
