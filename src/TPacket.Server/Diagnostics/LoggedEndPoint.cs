using System.Net;

namespace TPacket.Server.Diagnostics;

/// <summary>An address in a log message. Peers on Unix domain sockets and behind some proxies have none.</summary>
internal readonly struct LoggedEndPoint(EndPoint? endPoint)
{
    public override string ToString() => endPoint?.ToString() ?? "unknown";

    public static implicit operator LoggedEndPoint(EndPoint? endPoint) => new(endPoint);
}
