namespace TPacket.WebSockets;

/// <summary>The status code of a close frame (RFC 6455, section 7.4). The values are the wire's; applications may define codes from 4000 to 4999.</summary>
public enum CloseStatus : ushort
{
    /// <summary>The connection has fulfilled its purpose.</summary>
    NormalClosure = 1000,

    /// <summary>The endpoint goes away: the server stops, or the user leaves the page.</summary>
    GoingAway = 1001,

    /// <summary>The peer violated the protocol.</summary>
    ProtocolError = 1002,

    /// <summary>The peer sent a type of message that the endpoint does not accept, such as text to an endpoint that accepts only binary.</summary>
    UnsupportedData = 1003,

    /// <summary>Reported when the peer's close frame had no status. Never sent.</summary>
    NoStatusReceived = 1005,

    /// <summary>Reported when the connection ended without a close frame. Never sent.</summary>
    AbnormalClosure = 1006,

    /// <summary>The data does not match the type of its message, such as text that is not UTF-8.</summary>
    InvalidPayloadData = 1007,

    /// <summary>The message violates the endpoint's policy.</summary>
    PolicyViolation = 1008,

    /// <summary>The message is too big to process.</summary>
    MessageTooBig = 1009,

    /// <summary>The server did not negotiate an extension that the client requires.</summary>
    MandatoryExtension = 1010,

    /// <summary>The endpoint met an unexpected condition.</summary>
    InternalError = 1011,

    /// <summary>The service restarts (registered at IANA).</summary>
    ServiceRestart = 1012,

    /// <summary>The service is overloaded; the client may try again later (registered at IANA).</summary>
    TryAgainLater = 1013,
}
