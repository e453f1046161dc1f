namespace TPacket.Server;

/// <summary>
/// Stands around every packet behind the magic string: also around one that no handler is registered for, and around those of a client without a nick, most of which are refused. Packets beyond
/// the limits of their client or room do not reach a filter. Filters run in the order of their registration, in the scope of the packet's handler. One instance serves the whole server, unless its constructor takes scoped services (<see cref="ITPacketServerBuilder.AddFilter{TFilter}"/>).
/// </summary>
public interface IPacketFilter
{
    /// <summary>Handles a packet on its way.</summary>
    /// <param name="context">The packet.</param>
    /// <param name="next">The rest of the way; not calling it ends the packet's way here.</param>
    ValueTask InvokeAsync(CommandContext context, PacketDelegate next);
}
