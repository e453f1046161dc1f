using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Client.Connection;

/// <summary>What the layers below call an end, in the client's words.</summary>
internal static class DisconnectCauses
{
    /// <summary>The end of an open connection.</summary>
    public static DisconnectCause Of(ConnectionEnd end) => end.Cause switch
    {
        EndCause.ClosedByPeer => new(DisconnectKind.ClosedByServer, $"the server closed with {(int)end.Status}{Quote(end.Reason)}") { CloseStatus = end.Status },
        EndCause.Violation => new(DisconnectKind.ProtocolViolation, $"the server broke the WebSocket protocol: {end.Reason}") { CloseStatus = end.Status },
        EndCause.PongTimeout => new(DisconnectKind.Lost, "nothing arrived after a ping"),
        _ => new(DisconnectKind.Lost, $"the connection was lost: {end.Reason}"),
    };

    /// <summary>An attempt that has not come to an open connection.</summary>
    public static DisconnectCause Of(WebSocketConnectException error) =>
        new(DisconnectKind.Unreachable, error.Response is { } response ? $"the server did not upgrade the connection: {response.StatusCode}{Quote(response.ReasonPhrase)}" : error.Message.TrimEnd('.'))
        {
            Error = error,
            HttpStatus = error.Response?.StatusCode,
        };

    public static DisconnectCause NotAPacket(PacketReadStatus status) =>
        Violation(status == PacketReadStatus.BadSignature ? CloseStatus.InvalidPayloadData : CloseStatus.PolicyViolation, $"a message that is no packet: {status}");

    public static DisconnectCause Violation(CloseStatus status, string what) =>
        new(DisconnectKind.ProtocolViolation, $"the server sent {what}") { CloseStatus = status };

    public static DisconnectCause Refused(string what, Packet refusal) =>
        new(DisconnectKind.Refused, $"the server refused {what}: {(PacketErrorCode)refusal.P1}{Quote(refusal.Text)}") { ErrorCode = (PacketErrorCode)refusal.P1 };

    public static DisconnectCause Timeout(string what) => new(DisconnectKind.Timeout, $"the server did not answer {what} in time");

    public static DisconnectCause Failed(Exception error) => new(DisconnectKind.ClientFailed, $"the client failed: {error.Message}") { Error = error };

    private static string Quote(string text) => text.Length > 0 ? $" ({text})" : "";
}
