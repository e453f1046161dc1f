namespace TPacket.Server;

/// <summary>
/// Stands around every packet of a user, also one that no handler is registered for, and around the SET_USER_NICK with which a client becomes one. Filters run in the order of their registration, in the scope of
/// the packet's handler. One instance serves the whole server.
/// </summary>
public interface IPacketFilter
{
    /// <summary>Handles a packet on its way.</summary>
    /// <param name="context">The packet.</param>
    /// <param name="next">The rest of the way; not calling it ends the packet's way here.</param>
    ValueTask InvokeAsync(CommandContext context, PacketDelegate next);
}
