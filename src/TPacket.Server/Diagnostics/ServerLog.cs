using System.Net;
using Microsoft.Extensions.Logging;

namespace TPacket.Server.Diagnostics;

/// <summary>Events 1000 to 1099: the server as a whole.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1000, LogLevel.Information, "Listening on {EndPoint}.")]
    public static partial void Listening(ILogger logger, EndPoint endPoint);

    [LoggerMessage(1001, LogLevel.Information, "Stopping: closing {Connections} connections.")]
    public static partial void Stopping(ILogger logger, int connections);

    [LoggerMessage(1002, LogLevel.Warning, "{Connections} connections did not close within the drain timeout; they were aborted.")]
    public static partial void DrainTimedOut(ILogger logger, int connections);

    [LoggerMessage(1003, LogLevel.Information, "Stopped.")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(1004, LogLevel.Error, "Accepting a connection on {EndPoint} failed; trying again.")]
    public static partial void AcceptFailed(ILogger logger, Exception error, EndPoint endPoint);

    [LoggerMessage(1005, LogLevel.Information, "This machine has no IPv6 loopback; listening on IPv4 only.")]
    public static partial void NoIPv6(ILogger logger);

    [LoggerMessage(1006, LogLevel.Information, "Listening on {EndPoint} with TLS as {Subject}, valid until {NotAfter}.")]
    public static partial void ListeningWithTls(ILogger logger, EndPoint endPoint, string subject, DateTime notAfter);

    [LoggerMessage(1007, LogLevel.Information, "Reloaded the certificate in {Path}: new connections use {Subject}, valid until {NotAfter}.")]
    public static partial void CertificateReloaded(ILogger logger, string path, string subject, DateTime notAfter);

    [LoggerMessage(1008, LogLevel.Error, "Cannot load the changed certificate in {Path}; the previous one stays in use.")]
    public static partial void CertificateNotReloaded(ILogger logger, Exception error, string path);

    [LoggerMessage(1009, LogLevel.Warning, "Stopped accepting at {Connections} connections; existing connections are not affected: {Reason}")]
    public static partial void AcceptingSuspended(ILogger logger, int connections, string reason);

    [LoggerMessage(1010, LogLevel.Information, "Resumed accepting at {Connections} connections.")]
    public static partial void AcceptingResumed(ILogger logger, int connections);

    [LoggerMessage(1011, LogLevel.Warning, "TPacket:MaxConnections is {MaxConnections}, but the process is limited to {DescriptorLimit} file descriptors and stops accepting when they run out. Raise the limit (ulimit -n, LimitNOFILE) or lower the setting.")]
    public static partial void FewDescriptors(ILogger logger, int maxConnections, int descriptorLimit);

    [LoggerMessage(1012, LogLevel.Information, "Reloaded the configuration; these limits have changed: {Settings}.")]
    public static partial void LimitsReloaded(ILogger logger, string settings);

    [LoggerMessage(1013, LogLevel.Error, "Cannot use the changed configuration; the limits have not changed.")]
    public static partial void LimitsNotReloaded(ILogger logger, Exception error);

    [LoggerMessage(1014, LogLevel.Information, "Draining: closing {Connections} connections and accepting no new ones.")]
    public static partial void Draining(ILogger logger, int connections);

    [LoggerMessage(1020, LogLevel.Warning, "Dropped {Count} log events {Event} ({Name}): there were more than TPacket:LogEventsPerMinute, or more than TPacket:LogQueueEvents were queued.")]
    public static partial void EventsDropped(ILogger logger, int count, int @event, string? name);
}
