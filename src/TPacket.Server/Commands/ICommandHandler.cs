namespace TPacket.Server;

/// <summary>Handles one command. One instance serves the whole server, and is called from many threads, unless its constructor takes scoped services (<see cref="ITPacketServerBuilder.AddCommand{THandler}"/>).</summary>
/// <remarks>A handler may wait, and unless it was added as inline it may also block its thread.</remarks>
public interface ICommandHandler
{
    /// <summary>
    /// Handles a packet. The next packet of the same client, and in <see cref="CommandScope.Room"/> everything else in the room, waits for the task. An exception is logged and
    /// answered with <see cref="Protocol.PacketErrorCode.HandlerFailed"/>.
    /// </summary>
    ValueTask HandleAsync(CommandContext context);
}
