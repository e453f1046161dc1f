namespace TPacket.WebSockets.Compression;

/// <summary>What a negotiation of permessage-deflate came to.</summary>
internal enum NegotiationStatus
{
    /// <summary>Messages are not compressed: no offer could be accepted.</summary>
    Declined,

    /// <summary>Messages may be compressed.</summary>
    Agreed,

    /// <summary>
    /// The header is not what it may be: its grammar is broken, or it answers what was not asked. A server answers 400, a client fails the connection (RFC 6455, sections 9.1 and 4.1).
    /// </summary>
    Malformed,
}
