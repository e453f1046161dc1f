namespace TPacket.Server.Sessions.Packets;

/// <summary>
/// A client's packet with an unknown outcome: the room's log may have its event.
/// The server appends no other packet of the client until it has answered this packet with a known outcome.
/// </summary>
/// <param name="Uid">The packet's uid.</param>
/// <param name="Room">The name of the room.</param>
internal sealed record UnknownAppend(int Uid, string Room);
