using System.Net;
using Microsoft.Extensions.Logging;

namespace TPacket.Server.Diagnostics;

/// <summary>Events 1000 to 1099: the server as a whole.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1000, LogLevel.Information, "Listening on {EndPoint}.")]
    public static partial void Listening(ILogger logger, EndPoint endPoint);

    [LoggerMessage(1001, LogLevel.Information, "Stopping: {Connections} connections are told.")]
    public static partial void Stopping(ILogger logger, int connections);

    [LoggerMessage(1002, LogLevel.Warning, "Stopped with {Connections} connections that did not end in time; they were released.")]
    public static partial void DrainTimedOut(ILogger logger, int connections);

    [LoggerMessage(1003, LogLevel.Information, "Stopped.")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(1004, LogLevel.Error, "Accepting a connection on {EndPoint} failed; trying again.")]
    public static partial void AcceptFailed(ILogger logger, Exception error, EndPoint endPoint);

    [LoggerMessage(1005, LogLevel.Information, "This machine has no IPv6 loopback; listening on IPv4 only.")]
    public static partial void NoIPv6(ILogger logger);

    [LoggerMessage(1006, LogLevel.Information, "Listening on {EndPoint} with TLS as {Subject}, valid until {NotAfter}.")]
    public static partial void ListeningWithTls(ILogger logger, EndPoint endPoint, string subject, DateTime notAfter);

    [LoggerMessage(1007, LogLevel.Information, "The certificate in {Path} has changed: new connections get {Subject}, valid until {NotAfter}.")]
    public static partial void CertificateReloaded(ILogger logger, string path, string subject, DateTime notAfter);

    [LoggerMessage(1008, LogLevel.Error, "The certificate in {Path} has changed and cannot be used; the one before stays in use.")]
    public static partial void CertificateNotReloaded(ILogger logger, Exception error, string path);

    [LoggerMessage(1009, LogLevel.Warning, "Accepting is suspended with {Connections} connections, which are served as before: {Reason}")]
    public static partial void AcceptingSuspended(ILogger logger, int connections, string reason);

    [LoggerMessage(1010, LogLevel.Information, "Accepting goes on with {Connections} connections.")]
    public static partial void AcceptingResumed(ILogger logger, int connections);

    [LoggerMessage(1011, LogLevel.Warning, "TPacket:MaxConnections is {MaxConnections}, but the process may have {DescriptorLimit} file descriptors, and accepts no more connections when these run out. Raise that limit (ulimit -n, LimitNOFILE) or lower the setting.")]
    public static partial void FewDescriptors(ILogger logger, int maxConnections, int descriptorLimit);

    [LoggerMessage(1012, LogLevel.Information, "The configuration has changed; these limits are in use from now on: {Settings}.")]
    public static partial void LimitsReloaded(ILogger logger, string settings);

    [LoggerMessage(1013, LogLevel.Error, "The configuration has changed and cannot be used; the limits stay as they were.")]
    public static partial void LimitsNotReloaded(ILogger logger, Exception error);

    [LoggerMessage(1014, LogLevel.Information, "Draining: {Connections} connections are closed, and no others are accepted.")]
    public static partial void Draining(ILogger logger, int connections);

    [LoggerMessage(1020, LogLevel.Warning, "{Count} more events {Event} ({Name}) are left out: TPacket:LogEventsPerMinute allows no more, or the log was slower than TPacket:LogQueueEvents allows.")]
    public static partial void EventsDropped(ILogger logger, int count, int @event, string? name);
}
