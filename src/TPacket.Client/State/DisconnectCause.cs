using TPacket.Client.Connection;
using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Client;

/// <summary>The cause of a connection's end, or of a failed attempt. Immutable.</summary>
/// <param name="Kind">The kind of cause.</param>
/// <param name="Message">The description for people. It may quote untrusted text of the server.</param>
public sealed record DisconnectCause(DisconnectKind Kind, string Message)
{
    /// <summary>The status of the close frame that the client has received, or has sent after a violation; null for none.</summary>
    public CloseStatus? CloseStatus { get; init; }

    /// <summary>The HTTP status with which the server has refused the upgrade; null for none.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>The error code with which the server has refused the nick, the room or the session; null for none.</summary>
    public PacketErrorCode? ErrorCode { get; init; }

    /// <summary>The underlying exception; null for none.</summary>
    public Exception? Error { get; init; }

    /// <summary>Whether another attempt may succeed. Reconnecting depends on it.</summary>
    public bool IsTransient => Reconnection.IsTransient(this);

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;
}
