using TPacket.Server;

namespace TPacket.Testing.Rules;

/// <summary>A command on its way to a node.</summary>
/// <param name="Sender">The sender.</param>
/// <param name="Who">The sender as a member of the room when it sent the packet.</param>
/// <param name="Uid">The packet's uid.</param>
/// <param name="Connection">The connection of the sender.</param>
/// <param name="Data">The command.</param>
internal sealed record SimulatedPacket(SimulatedMember Sender, RoomMember Who, long Uid, int Connection, byte[] Data)
{
    public RequestId Request => new(Who.Session, Uid);
}
