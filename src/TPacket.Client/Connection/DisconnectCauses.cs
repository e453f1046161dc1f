using System.Net.Sockets;
using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Client.Connection;

/// <summary>Converts errors of the codec, of the WebSocket and of the server's replies to causes of the client.</summary>
internal static class DisconnectCauses
{
    /// <summary>Returns the cause for the end of an open connection.</summary>
    public static DisconnectCause Of(ConnectionEnd end) => end.Cause switch
    {
        EndCause.ClosedByPeer => new(DisconnectKind.ClosedByServer, $"the server closed with {(int)end.Status}{Quote(end.Reason)}") { CloseStatus = end.Status },
        EndCause.Violation => new(DisconnectKind.ProtocolViolation, $"the server broke the WebSocket protocol: {end.Reason}") { CloseStatus = end.Status },
        EndCause.PongTimeout => new(DisconnectKind.Lost, "nothing arrived after a ping"),
        _ => new(DisconnectKind.Lost, $"the connection was lost: {end.Reason}"),
    };

    /// <summary>Returns the cause for an attempt that failed before the connection was open.</summary>
    /// <param name="error">The failure.</param>
    /// <param name="server">The address of the attempt. The cause leaves out its query, which may be secret.</param>
    public static DisconnectCause Of(WebSocketConnectException error, Uri server) =>
        new(DisconnectKind.Unreachable, $"no connection to {server.GetLeftPart(UriPartial.Path)}: {Describe(error, server)}")
        {
            Error = error,
            HttpStatus = error.Response?.StatusCode,
        };

    /// <summary>Returns the cause for an exception of <see cref="TPacketClientOptions.Target"/>.</summary>
    public static DisconnectCause NoAddress(Exception error) => new(DisconnectKind.Unreachable, $"no address: {error.Message.TrimEnd('.')}") { Error = error };

    /// <summary>Returns the cause for a <see cref="TPacketClientOptions.Target"/> that returned null.</summary>
    public static DisconnectCause NoTarget() => new(DisconnectKind.ClientFailed, "no address to connect to");

    public static DisconnectCause NotAPacket(PacketReadStatus status) =>
        Violation(status == PacketReadStatus.BadSignature ? CloseStatus.InvalidPayloadData : CloseStatus.PolicyViolation, $"a message that is not a packet: {status}");

    public static DisconnectCause Violation(CloseStatus status, string what) =>
        new(DisconnectKind.ProtocolViolation, $"the server sent {what}") { CloseStatus = status };

    public static DisconnectCause Refused(string what, Packet refusal) =>
        new(DisconnectKind.Refused, $"the server refused {what}: {(PacketErrorCode)refusal.P1}{Quote(refusal.Text)}") { ErrorCode = (PacketErrorCode)refusal.P1 };

    public static DisconnectCause Timeout(string what) => new(DisconnectKind.Timeout, $"the server did not answer {what} in time");

    public static DisconnectCause Failed(Exception error) => new(DisconnectKind.ClientFailed, $"the client failed: {error.Message}") { Error = error };

    private static string Describe(WebSocketConnectException error, Uri server)
    {
        if (error.Response is { } response)
            return $"the server did not upgrade the connection: {response.StatusCode}{Quote(response.ReasonPhrase)}";
        // A TLS listener answers plain HTTP with an alert, with bytes that are not HTTP, or not at all.
        var isReached = error.InnerException is not SocketException;
        return error.Message.TrimEnd('.') + (isReached && server.Scheme == "ws" ? "; if the server speaks TLS there, use wss://" : "; check host and port");
    }

    private static string Quote(string text) => text.Length > 0 ? $" ({text})" : "";
}
