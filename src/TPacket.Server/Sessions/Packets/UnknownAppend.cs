namespace TPacket.Server.Sessions.Packets;

/// <summary>A client's packet of which it is unknown whether a room's log has it. Until the client has received another answer to it, the server appends no other packet of the client.</summary>
/// <param name="Uid">The packet's uid; 0 for none.</param>
/// <param name="Room">The name of the room; null for none.</param>
internal readonly record struct UnknownAppend(int Uid, string? Room)
{
    public bool IsNone => Uid == 0;
}
