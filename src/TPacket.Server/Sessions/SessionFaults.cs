using System.Net;
using Microsoft.Extensions.Logging;
using TPacket.Protocol;
using TPacket.Server.Diagnostics;
using TPacket.Server.Sessions.SignIn;

namespace TPacket.Server.Sessions;

/// <summary>Counts and logs the faults that sessions detect: faults of clients, of the application's callbacks and of the engine.</summary>
internal sealed class SessionFaults(ServerMetrics metrics, ILogger<Session> logger)
{
    /// <summary>Counts and logs a client's violation of the protocol; the session closes the connection.</summary>
    public void OnViolation(EndPoint? remote, ProtocolViolation violation)
    {
        metrics.ProtocolViolated(violation);
        SessionLog.ProtocolViolated(logger, remote, violation);
    }

    /// <summary>Counts and logs a malformed packet; the session closes the connection.</summary>
    public void OnBadPacket(EndPoint? remote, PacketReadStatus status)
    {
        metrics.PacketMalformed(status);
        SessionLog.BadPacket(logger, remote, status);
    }

    /// <summary>Counts a packet beyond the client's limit; the session refuses the packet.</summary>
    public void OnRateLimited() => metrics.PacketRefused(nameof(TPacketServerOptions.PacketsPerSecond));

    /// <summary>Logs that the handshake policy has thrown, or that its decision does not fit the request.</summary>
    public void OnPolicyFailed(EndPoint? remote, Exception error) => ConnectionLog.PolicyFailed(logger, error, remote);

    /// <summary>Logs an exception of the engine while it served a connection.</summary>
    public void OnConnectionFailed(EndPoint? remote, Exception error) => ConnectionLog.Failed(logger, error, remote);

    /// <summary>Logs exceptions of callbacks on <see cref="IUser.Disconnected"/>.</summary>
    public void OnCallbackFailed(AggregateException error) => SessionLog.CallbackFailed(logger, error);

    /// <summary>Logs that a handler still runs at its deadline, after its client has disconnected; the session ends without waiting for the handler.</summary>
    public void OnHandlerAbandoned(int command, TimeSpan timeout) => SessionLog.HandlerAbandoned(logger, command, timeout);
}
