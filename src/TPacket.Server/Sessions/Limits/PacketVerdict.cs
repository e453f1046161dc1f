namespace TPacket.Server.Sessions.Limits;

/// <summary>The decision of a packet limit about one packet.</summary>
internal enum PacketVerdict
{
    /// <summary>The packet is within the limit.</summary>
    Accepted,

    /// <summary>The packet exceeds the limit: it is answered with RESP_ERROR.</summary>
    Refused,

    /// <summary>The packet exceeds the limit, and the client has exceeded it for too long: its connection is closed.</summary>
    RefusedForTooLong,
}
