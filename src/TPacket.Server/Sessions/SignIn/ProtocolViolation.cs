namespace TPacket.Server.Sessions.SignIn;

/// <summary>A client's violation of the packet protocol, with a well-formed message or by missing a deadline. The session closes the connection.</summary>
internal enum ProtocolViolation
{
    /// <summary>A text message.</summary>
    TextMessage,

    /// <summary>The first packet is not the magic string.</summary>
    WrongMagicString,

    /// <summary>The magic string did not come in time.</summary>
    NoMagicString,

    /// <summary>No nick was accepted in time.</summary>
    NoNick,

    /// <summary>More packets than the limit, for too long.</summary>
    TooManyPackets,

    /// <summary>More RESUME requests for unknown sessions than the limit.</summary>
    TooManyUnknownSessions,
}
