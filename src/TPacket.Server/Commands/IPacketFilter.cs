namespace TPacket.Server;

/// <summary>
/// Wraps the handling of every packet after the magic string, including packets without a registered handler and
/// packets of clients without a nick. Packets that exceed a rate limit of their client or room do not reach filters.
/// Filters run in the order of their registration, in the scope of the packet's handler. One instance serves the whole server and is
/// called from many threads, unless its constructor takes scoped services (<see cref="ITPacketServerBuilder.AddFilter{TFilter}"/>).
/// </summary>
public interface IPacketFilter
{
    /// <summary>Handles a packet.</summary>
    /// <param name="context">The packet.</param>
    /// <param name="next">
    /// Calls the next filter or the handler. A filter that does not call the delegate ends the handling of the packet, and should answer the packet.
    /// </param>
    ValueTask InvokeAsync(CommandContext context, PacketDelegate next);
}
