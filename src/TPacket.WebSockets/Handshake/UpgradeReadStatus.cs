namespace TPacket.WebSockets.Handshake;

/// <summary>Result of an attempt to read an upgrade request.</summary>
internal enum UpgradeReadStatus
{
    /// <summary>The head is incomplete.</summary>
    NeedMore,

    /// <summary>The request is complete and valid.</summary>
    Done,

    /// <summary>The request is invalid.</summary>
    Refused,

    /// <summary>The peer has begun a TLS handshake, and would not understand an HTTP response.</summary>
    Tls,
}
