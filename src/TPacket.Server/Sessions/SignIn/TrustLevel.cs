namespace TPacket.Server.Sessions.SignIn;

/// <summary>The progress of a client towards sign-in (docs/protocol.md, Engagement).</summary>
internal enum TrustLevel : byte
{
    /// <summary>The session waits for the WebSocket handshake.</summary>
    Handshake,

    /// <summary>The session waits for the magic string.</summary>
    MagicString,

    /// <summary>The session waits for a nick.</summary>
    Nick,

    /// <summary>The user is signed in: the session handles packets.</summary>
    Packets,
}
