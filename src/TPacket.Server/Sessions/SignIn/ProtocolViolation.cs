namespace TPacket.Server.Sessions.SignIn;

/// <summary>
/// A client's violation of the packet protocol: a well-formed message that the session
/// does not accept, or a missed deadline. The session closes the connection.
/// </summary>
internal enum ProtocolViolation
{
    /// <summary>A text message.</summary>
    TextMessage,

    /// <summary>The first packet is not the magic string.</summary>
    WrongMagicString,

    /// <summary>The client did not send the magic string in time.</summary>
    NoMagicString,

    /// <summary>The client had no accepted nick in time.</summary>
    NoNick,

    /// <summary>More packets than the limit, for too long.</summary>
    TooManyPackets,

    /// <summary>More RESUME requests for unknown sessions than the limit.</summary>
    TooManyUnknownSessions,
}
