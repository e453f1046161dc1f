namespace TPacket.WebSockets.Handshake;

/// <summary>What an attempt to read an upgrade request came to.</summary>
internal enum UpgradeReadStatus
{
    /// <summary>The head has not ended; more bytes are needed.</summary>
    NeedMore,

    /// <summary>A request of the right form.</summary>
    Done,

    /// <summary>A request that has to be refused, whatever follows.</summary>
    Refused,

    /// <summary>Not HTTP at all but the beginning of a TLS handshake; no text would be understood.</summary>
    Tls,
}
