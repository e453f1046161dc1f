namespace TPacket.WebSockets;

/// <summary>Why a WebSocket is closed (RFC 6455, section 7.4). The values are the wire's; an application may use 4000 to 4999.</summary>
public enum CloseStatus : ushort
{
    /// <summary>The purpose is fulfilled.</summary>
    NormalClosure = 1000,

    /// <summary>The endpoint goes away: the server stops, the page is left.</summary>
    GoingAway = 1001,

    /// <summary>The peer broke the protocol.</summary>
    ProtocolError = 1002,

    /// <summary>The peer sent a type of data that cannot be accepted, text where binary is spoken.</summary>
    UnsupportedData = 1003,

    /// <summary>Never sent: a close frame came without a status.</summary>
    NoStatusReceived = 1005,

    /// <summary>Never sent: the connection ended without a close frame.</summary>
    AbnormalClosure = 1006,

    /// <summary>The data does not fit its type: text that is not UTF-8.</summary>
    InvalidPayloadData = 1007,

    /// <summary>The message violates the endpoint's policy.</summary>
    PolicyViolation = 1008,

    /// <summary>The message is too big to process.</summary>
    MessageTooBig = 1009,

    /// <summary>The client expected an extension that the server did not negotiate.</summary>
    MandatoryExtension = 1010,

    /// <summary>The endpoint met an unexpected condition.</summary>
    InternalError = 1011,

    /// <summary>The service restarts.</summary>
    ServiceRestart = 1012,

    /// <summary>The service is overloaded; try again later.</summary>
    TryAgainLater = 1013,
}
