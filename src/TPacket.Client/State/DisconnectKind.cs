namespace TPacket.Client;

/// <summary>The kind of a <see cref="DisconnectCause"/>.</summary>
public enum DisconnectKind
{
    /// <summary>The client could not connect, did not trust the certificate, or the server refused the upgrade.</summary>
    Unreachable,

    /// <summary>The connection was lost without a close frame: its stream ended, or nothing arrived after a ping.</summary>
    Lost,

    /// <summary>The server has sent a close frame with the status <see cref="DisconnectCause.CloseStatus"/>.</summary>
    ClosedByServer,

    /// <summary>The server has refused the nick, the room or the session with <see cref="DisconnectCause.ErrorCode"/>.</summary>
    Refused,

    /// <summary>The server has not answered in time while the client signed in or entered a room.</summary>
    Timeout,

    /// <summary>The server has violated a protocol or a limit of the client, which has closed with <see cref="DisconnectCause.CloseStatus"/>.</summary>
    ProtocolViolation,

    /// <summary>The client or a function of the application has failed. <see cref="DisconnectCause.Error"/> has the exception, if there is one.</summary>
    ClientFailed,
}
