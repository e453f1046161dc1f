namespace TPacket.Server.Sessions.Packets;

/// <summary>A client's packet of which it is unknown whether a room's log has it. Until the client has received another answer to it, the server appends no other packet of the client.</summary>
/// <param name="Uid">The packet's uid.</param>
/// <param name="Room">The name of the room.</param>
internal sealed record UnknownAppend(int Uid, string Room);
