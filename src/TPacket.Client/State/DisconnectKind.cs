namespace TPacket.Client;

/// <summary>What kind of event has ended a connection, or kept it from being made.</summary>
public enum DisconnectKind
{
    /// <summary>The server was not reached, or has not upgraded the connection; a certificate that is not trusted is among this.</summary>
    Unreachable,

    /// <summary>The connection was lost without a close frame: its stream ended, or nothing arrived after a ping.</summary>
    Lost,

    /// <summary>The server has sent a close frame; its status is in <see cref="DisconnectCause.CloseStatus"/>.</summary>
    ClosedByServer,

    /// <summary>The server has refused the nick or the room; the reason is in <see cref="DisconnectCause.ErrorCode"/>.</summary>
    Refused,

    /// <summary>The server has not answered in time while the client signed in or entered a room.</summary>
    Timeout,

    /// <summary>The server has broken a protocol, or a limit of the client's; <see cref="DisconnectCause.CloseStatus"/> is what it was told.</summary>
    ProtocolViolation,

    /// <summary>The client itself has failed, or what the application has given it; <see cref="DisconnectCause.Error"/> says how.</summary>
    ClientFailed,
}
