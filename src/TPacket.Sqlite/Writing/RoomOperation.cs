using TPacket.Server.Sqlite.Rooms;
using TPacket.Transports;

namespace TPacket.Server.Sqlite.Writing;

/// <summary>An operation on one room. Its answer is delivered in order with the room's events.</summary>
internal abstract class RoomOperation(OpenRoom? room) : Operation
{
    /// <summary>The room.</summary>
    public OpenRoom? Room { get; protected set; } = room;

    /// <summary>The event loop that waits for the answer; null where another thread does.</summary>
    public IEventLoop? Loop { get; protected set; }

    /// <inheritdoc/>
    public sealed override void Commit() => Room!.Mailbox.Post(this);

    /// <summary>Delivers what the operation has to say to subscribers, and completes it. Called by the room's mailbox, after everything before it.</summary>
    public abstract void Deliver();
}
