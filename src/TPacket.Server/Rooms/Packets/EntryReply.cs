using TPacket.Protocol;

namespace TPacket.Server.Rooms.Packets;

/// <summary>The reply to a request that brings a user into a room. The reply precedes all packets of the room.</summary>
/// <param name="Uid">The request's uid.</param>
/// <param name="Command">RESP_OK to SET_ROOM, RESUME to RESUME.</param>
/// <param name="P1">Parameter 1.</param>
/// <param name="P2">Parameter 2.</param>
internal readonly record struct EntryReply(int Uid, PacketCommand Command, int P1, int P2)
{
    /// <summary>Returns the reply to SET_ROOM.</summary>
    /// <param name="uid">The request's uid; null if the host moves the user.</param>
    public static EntryReply? Ok(int? uid) => uid is { } request ? new EntryReply(request, PacketCommand.RespOk, 0, 0) : null;
}
