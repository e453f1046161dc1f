namespace TPacket.Server.Sessions.Limits;

/// <summary>The decision of a packet limit about one packet.</summary>
internal enum PacketVerdict
{
    /// <summary>The packet is within the limit.</summary>
    Accepted,

    /// <summary>The packet is one too many: it is answered with RESP_ERROR.</summary>
    Refused,

    /// <summary>The packet is one too many, and the client has gone on for too long: it is closed.</summary>
    RefusedForTooLong,
}
