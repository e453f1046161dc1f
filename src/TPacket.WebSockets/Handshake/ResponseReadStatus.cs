namespace TPacket.WebSockets.Handshake;

/// <summary>What an attempt to read an upgrade response came to.</summary>
internal enum ResponseReadStatus
{
    /// <summary>It has not ended; more bytes are needed.</summary>
    NeedMore,

    /// <summary>The server has switched protocols, and everything is as it was asked for.</summary>
    Accepted,

    /// <summary>The server has answered with another status than 101.</summary>
    Refused,

    /// <summary>What came is no answer to the request: the connection has to be failed (RFC 6455, section 4.1).</summary>
    Violation,
}
