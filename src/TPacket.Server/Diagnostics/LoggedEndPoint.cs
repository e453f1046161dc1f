using System.Net;

namespace TPacket.Server.Diagnostics;

/// <summary>An address as log messages have it; peers of Unix domain sockets and of some proxies have none.</summary>
internal readonly struct LoggedEndPoint(EndPoint? endPoint)
{
    public override string ToString() => endPoint?.ToString() ?? "unknown";

    public static implicit operator LoggedEndPoint(EndPoint? endPoint) => new(endPoint);
}
