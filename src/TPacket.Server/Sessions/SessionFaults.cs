using System.Net;
using Microsoft.Extensions.Logging;
using TPacket.Protocol;
using TPacket.Server.Diagnostics;
using TPacket.Server.Sessions.SignIn;

namespace TPacket.Server.Sessions;

/// <summary>Counts and logs the faults of clients, of the application's callbacks and of the engine that sessions find.</summary>
internal sealed class SessionFaults(ServerMetrics metrics, ILogger<Session> logger)
{
    /// <summary>A client has violated the protocol; its session closes the connection.</summary>
    public void OnViolation(EndPoint? remote, ProtocolViolation violation)
    {
        metrics.ProtocolViolated(violation);
        SessionLog.ProtocolViolated(logger, remote, violation);
    }

    /// <summary>A client has sent a packet that cannot be read; its session closes the connection.</summary>
    public void OnBadPacket(EndPoint? remote, PacketReadStatus status)
    {
        metrics.PacketMalformed(status);
        SessionLog.BadPacket(logger, remote, status);
    }

    /// <summary>A client has sent more packets than its limit; its session refuses the packet.</summary>
    public void OnRateLimited() => metrics.PacketRefused(nameof(TPacketServerOptions.PacketsPerSecond));

    /// <summary>The handshake policy has thrown, or its decision does not fit the request.</summary>
    public void OnPolicyFailed(EndPoint? remote, Exception error) => ConnectionLog.PolicyFailed(logger, error, remote);

    /// <summary>The engine has failed while it served a connection.</summary>
    public void OnConnectionFailed(EndPoint? remote, Exception error) => ConnectionLog.Failed(logger, error, remote);

    /// <summary>A callback on <see cref="IUser.Disconnected"/> has thrown.</summary>
    public void OnCallbackFailed(AggregateException error) => SessionLog.CallbackFailed(logger, error);

    /// <summary>A handler still runs at its deadline after the end of its client's connection; the session ends without it.</summary>
    public void OnHandlerAbandoned(int command, TimeSpan timeout) => SessionLog.HandlerAbandoned(logger, command, timeout);
}
