namespace TPacket.Server;

/// <summary>
/// Handles the packets of a command. One instance serves the whole server and is called from many threads,
/// unless its constructor takes scoped services (<see cref="ITPacketServerBuilder.AddCommand{THandler}"/>).
/// </summary>
/// <remarks>A handler may await. It may also block its thread, unless it is registered as inline.</remarks>
public interface ICommandHandler
{
    /// <summary>
    /// Handles a packet. The client's next packet waits until the task completes. With <see cref="CommandScope.Room"/>, the room's other handlers wait as well.
    /// The engine logs an exception and answers the packet with <see cref="Protocol.PacketErrorCode.HandlerFailed"/>.
    /// </summary>
    /// <param name="context">The packet; valid until the task completes.</param>
    ValueTask HandleAsync(CommandContext context);
}
