using Microsoft.Extensions.Logging;
using TPacket.WebSockets;

namespace TPacket.Server.Diagnostics;

/// <summary>Events 1100 to 1199: connections before sign-in.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(1100, LogLevel.Debug, "Connection from {RemoteEndPoint}.")]
    public static partial void Accepted(ILogger logger, LoggedEndPoint remoteEndPoint);

    [LoggerMessage(1101, LogLevel.Debug, "Connection from {RemoteEndPoint} ended: {Cause}, {Status}.")]
    public static partial void Ended(ILogger logger, LoggedEndPoint remoteEndPoint, EndCause cause, CloseStatus status);

    [LoggerMessage(1102, LogLevel.Information, "Connection from {RemoteEndPoint} was ended: {Cause} ({Reason}).")]
    public static partial void EndedForFault(ILogger logger, LoggedEndPoint remoteEndPoint, EndCause cause, string reason);

    [LoggerMessage(1103, LogLevel.Warning, "Refused a connection from {RemoteEndPoint}: pages of origin {Origin} may not connect. To allow them, add the origin to TPacket:AllowedOrigins.")]
    public static partial void OriginRefused(ILogger logger, LoggedEndPoint remoteEndPoint, string origin);

    [LoggerMessage(1104, LogLevel.Warning, "Refused a connection from {RemoteEndPoint}: there are already {Limit} connections, the limit of {Setting}.")]
    public static partial void LimitReached(ILogger logger, LoggedEndPoint remoteEndPoint, int limit, string setting);

    [LoggerMessage(1105, LogLevel.Warning, "Refused a connection from {Peer} at an endpoint with ProxyProtocol: {Reason}")]
    public static partial void ProxyRefused(ILogger logger, LoggedEndPoint peer, string reason);

    [LoggerMessage(1106, LogLevel.Debug, "Connection from {Peer} at an endpoint with ProxyProtocol ended before its first byte.")]
    public static partial void EndedBeforeHeader(ILogger logger, LoggedEndPoint peer);

    [LoggerMessage(1110, LogLevel.Warning, "Refused a connection from {RemoteEndPoint}: a page of origin {Origin} requested host {Host} at a loopback address. If {Host} is a name of this server, add its origin to TPacket:AllowedOrigins; a reverse proxy has to add X-Forwarded-For.")]
    public static partial void HostRefused(ILogger logger, LoggedEndPoint remoteEndPoint, string origin, string host);

    [LoggerMessage(1120, LogLevel.Error, "The handshake policy failed; answered the request from {RemoteEndPoint} with 500.")]
    public static partial void PolicyFailed(ILogger logger, Exception error, LoggedEndPoint remoteEndPoint);

    [LoggerMessage(1121, LogLevel.Error, "The engine failed while serving the connection from {RemoteEndPoint}.")]
    public static partial void Failed(ILogger logger, Exception error, LoggedEndPoint remoteEndPoint);
}
