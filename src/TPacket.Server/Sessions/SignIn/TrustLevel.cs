namespace TPacket.Server.Sessions.SignIn;

/// <summary>How far a client has come (docs/protocol.md, Engagement).</summary>
internal enum TrustLevel : byte
{
    /// <summary>The WebSocket handshake is awaited.</summary>
    Handshake,

    /// <summary>The magic string is awaited.</summary>
    MagicString,

    /// <summary>A nick is awaited.</summary>
    Nick,

    /// <summary>Packets are handled.</summary>
    Packets,
}
