using System.Net;
using System.Security.Claims;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;
using TPacket.Server.Sessions;
using TPacket.WebSockets;
using TPacket.WebSockets.Handshake;

namespace TPacket.Server.Hosting;

/// <summary>Accepts connections whose upgrade request an HTTP server has read.</summary>
internal sealed class HttpConnectionAcceptor(
    SessionServices services,
    ConnectionLimits limits,
    OpenConnections connections,
    ServerMetrics metrics,
    TimeProvider timeProvider,
    IOptions<TPacketServerOptions> options,
    ILogger<ConnectionAcceptor> logger)
{
    private static readonly HttpRefusal _stopping = new(503, "This server is stopping.");
    private static readonly HttpRefusal _policyFailed = new(500, "The server failed to process the request.");

    private readonly WebSocketOptions _webSocketOptions = options.Value.ToWebSocketOptions();

    /// <summary>The time in which a closed connection may still write the data that it has accepted before.</summary>
    public TimeSpan Linger { get; } = options.Value.ToTransportOptions().Linger;

    /// <summary>Answers an upgrade request, and serves the client if it is accepted.</summary>
    /// <param name="upgrade">The request.</param>
    /// <param name="stopping">Cancelled when the HTTP server is about to stop; the connection is closed with 1001.</param>
    /// <returns>Completes when the request is refused, or the connection has ended.</returns>
    public async Task ServeAsync(HttpUpgrade upgrade, CancellationToken stopping)
    {
        var remote = upgrade.RemoteEndPoint;
        if (connections.IsDraining || stopping.IsCancellationRequested)
        {
            await upgrade.RefuseAsync(_stopping).ConfigureAwait(false);
            return;
        }

        connections.Begin();
        if (limits.Admit(remote, isAddressCounted: true, out var place) is { } limit)
        {
            connections.Finish();
            await upgrade.RefuseAsync(limit).ConfigureAwait(false);
            return;
        }

        HttpSession? session = null;
        var end = new ConnectionEnd(EndCause.TransportFailed, CloseStatus.AbnormalClosure, "answering failed");
        metrics.ConnectionOpened();
        ConnectionLog.Accepted(logger, remote);
        var activity = services.Activities.HasListeners ? services.Activities.StartHandshake(upgrade.Request) : null;
        try
        {
            var (acceptance, principal, refusal) = await DecideAsync(upgrade.Request, remote, stopping).ConfigureAwait(false);
            if (acceptance is null)
            {
                end = new ConnectionEnd(EndCause.HandshakeRefused, CloseStatus.AbnormalClosure, $"{refusal!.StatusCode} {refusal.Text}");
                await upgrade.RefuseAsync(refusal).ConfigureAwait(false);
                ServerActivities.StopHandshake(activity, refusal.StatusCode);
                return;
            }

            // Reads the application's principal, which may throw, before the transport exists: the exception would leave a transport without an owner.
            var handshake = HandshakeRecord.Create(ServerActivities.LinkTo(activity), principal);
            var transport = await upgrade.AcceptAsync(acceptance).ConfigureAwait(false);
            // Stopped before the connection begins to read; the activity would otherwise include the session.
            ServerActivities.StopHandshake(activity, ServerActivities.AcceptedStatusOf(upgrade.Request));
            session = new HttpSession(services, place) { Handshake = handshake };
            connections.Add(session);
            WebSocketConnection.Accept(transport, acceptance, session, _webSocketOptions, services.Heartbeat);
        }
        finally
        {
            activity?.Dispose();
            if (session is null)
            {
                limits.Release(ref place, remote, end);
                connections.Finish(remote, end);
            }
        }

        // A drain that has begun since the first check may have found the session without its connection.
        if (connections.IsDraining)
            ConnectionDrain.Close(session);
        // The HTTP server waits for its requests before the drain begins, so their connections are closed at once; their clients reconnect one after the other.
        using (stopping.UnsafeRegister(_ => ConnectionDrain.MoveOn(session, services.Options.MoveOnSpread), null))
            await session.Ended.ConfigureAwait(false);
    }

    /// <summary>Calls the handshake policy, with the deadline of a handshake.</summary>
    private async ValueTask<(UpgradeAcceptance? Acceptance, ClaimsPrincipal? Principal, HttpRefusal? Refusal)> DecideAsync(UpgradeRequest request, EndPoint? remote, CancellationToken stopping)
    {
        try
        {
            var decision = await services.Handshake.DecideAsync(request, remote).AsTask()
                .WaitAsync(services.Options.HandshakeTimeout, timeProvider, stopping).ConfigureAwait(false);
            UpgradeAcceptance.TryCreate(request, decision.Upgrade, _webSocketOptions, out var acceptance, out var refusal);
            return (acceptance, decision.Principal ?? request.Principal, refusal);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return (null, null, _stopping);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            services.Faults.OnPolicyFailed(remote, e);
            return (null, null, _policyFailed);
        }
    }
}
