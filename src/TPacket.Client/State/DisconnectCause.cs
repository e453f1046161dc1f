using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Client;

/// <summary>Why a connection has ended, or was not made. Immutable.</summary>
/// <param name="Kind">What kind of event it was.</param>
/// <param name="Message">What happened, for people. May quote the server, which is as untrusted as any of its input.</param>
public sealed record DisconnectCause(DisconnectKind Kind, string Message)
{
    /// <summary>The status of the close frame that was received, or sent for a violation.</summary>
    public CloseStatus? CloseStatus { get; init; }

    /// <summary>What the server has answered instead of upgrading the connection: a status of HTTP.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Why the nick or the room was refused.</summary>
    public PacketErrorCode? ErrorCode { get; init; }

    /// <summary>The exception below it, where there is one.</summary>
    public Exception? Error { get; init; }

    /// <summary>Whether another attempt may fare better; a client that reconnects goes by it.</summary>
    public bool IsTransient => Kind switch
    {
        DisconnectKind.Lost or DisconnectKind.Timeout => true,
        // Of the client's errors (RFC 9110, 15.5), those that pass with time: Request Timeout and Too Many Requests.
        DisconnectKind.Unreachable => HttpStatus is not (>= 400 and < 500) or 408 or 429,
        // What the client has done wrong, and would again (RFC 6455, 7.4), or that it is not wanted.
        DisconnectKind.ClosedByServer => CloseStatus is not (
            WebSockets.CloseStatus.ProtocolError or WebSockets.CloseStatus.UnsupportedData or WebSockets.CloseStatus.InvalidPayloadData or
            WebSockets.CloseStatus.PolicyViolation or WebSockets.CloseStatus.MessageTooBig),
        // Not what is wrong with the request itself. A nick is taken, too, while the server does not know that the connection before is gone.
        DisconnectKind.Refused => ErrorCode is
            PacketErrorCode.Unspecified or PacketErrorCode.HandlerFailed or PacketErrorCode.StoreFailed or PacketErrorCode.NickTaken or
            PacketErrorCode.RateLimited,
        _ => false,
    };

    /// <summary>The cause as a line for people.</summary>
    public override string ToString() => Message;
}
