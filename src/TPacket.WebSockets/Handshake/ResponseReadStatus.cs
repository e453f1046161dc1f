namespace TPacket.WebSockets.Handshake;

/// <summary>Result of an attempt to read an upgrade response.</summary>
internal enum ResponseReadStatus
{
    /// <summary>The response is incomplete.</summary>
    NeedMore,

    /// <summary>The server has upgraded the connection, and the response matches the offer.</summary>
    Accepted,

    /// <summary>The server has answered with another status.</summary>
    Refused,

    /// <summary>The response is invalid or does not match the offer; the client must fail the connection (RFC 6455, section 4.1).</summary>
    Violation,
}
