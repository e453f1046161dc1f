namespace TPacket.Server.Sessions;

/// <summary>What a client did against the protocol with whole packets, or by sending none in time.</summary>
internal enum Offence
{
    /// <summary>A text message.</summary>
    TextMessage,

    /// <summary>Something else than the magic string came first.</summary>
    WrongMagicString,

    /// <summary>The magic string did not come in time.</summary>
    NoMagicString,

    /// <summary>No nick was accepted in time.</summary>
    NoNick,

    /// <summary>More packets than the limit for too long.</summary>
    TooManyPackets,

    /// <summary>More requests to resume sessions that are unknown than the limit.</summary>
    TooManyUnknownSessions,
}
