using TPacket.Client.Connection;
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
    public bool IsTransient => Reconnection.IsTransient(this);

    /// <summary>The cause as a line for people.</summary>
    public override string ToString() => Message;
}
