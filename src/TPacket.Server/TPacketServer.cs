using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Server.Cluster;
using TPacket.Server.Diagnostics;
using TPacket.Server.Hosting;
using TPacket.Server.Nicks;
using TPacket.Server.Options;
using TPacket.Server.Rules.Waking;
using TPacket.Server.Sessions.Resumption;
using TPacket.Transports;

namespace TPacket.Server;

/// <summary>The server, which listens from the start of the host to its stop. <c>AddTPacketServer</c> registers it as a service and as a hosted service.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer and a wait handle needs no disposal.")]
public sealed class TPacketServer : IHostedService
{
    private readonly Transport _transport;
    private readonly ConnectionAcceptor _acceptor;
    private readonly HttpConnectionAcceptor _httpAcceptor;
    private readonly ConnectionLimits _limits;
    private readonly ConnectionDrain _drain;
    private readonly SessionExpiry _expiry;
    private readonly SessionRestore _restore;
    private readonly NickLossHandler _nickLosses;
    private readonly ServerCluster _cluster;
    private readonly ClusterRequestHandler _clusterRequests;
    private readonly ServerStatus _status;
    private readonly ClosedRoomWaker _rulesWaker;
    private readonly LimitReload _reload;
    private readonly ServerMetrics _metrics;
    private readonly TimeProvider _timeProvider;
    private readonly TPacketServerOptions _options;
    private readonly ILogger<TPacketServer> _logger;
    private readonly LogQueue _logQueue;
    private readonly List<ServerEndpoint> _endpoints = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _drainCut = new();
    private volatile TPacketServerState _phase;
    private Task? _draining;
    private bool _hasPaths;

    internal TPacketServer(
        Transport transport,
        ConnectionAcceptor acceptor,
        HttpConnectionAcceptor httpAcceptor,
        ConnectionLimits limits,
        ConnectionDrain drain,
        SessionExpiry expiry,
        SessionRestore restore,
        NickLossHandler nickLosses,
        ServerCluster cluster,
        ClusterRequestHandler clusterRequests,
        ServerStatus status,
        ClosedRoomWaker rulesWaker,
        LimitReload reload,
        ServerMetrics metrics,
        TimeProvider timeProvider,
        IOptions<TPacketServerOptions> options,
        ILogger<TPacketServer> logger,
        LogQueue logQueue)
    {
        _transport = transport;
        _acceptor = acceptor;
        _httpAcceptor = httpAcceptor;
        _limits = limits;
        _drain = drain;
        _expiry = expiry;
        _restore = restore;
        _nickLosses = nickLosses;
        _cluster = cluster;
        _clusterRequests = clusterRequests;
        _status = status;
        _rulesWaker = rulesWaker;
        _reload = reload;
        _metrics = metrics;
        _timeProvider = timeProvider;
        _options = options.Value;
        _logger = logger;
        _logQueue = logQueue;
    }

    /// <summary>The addresses on which the server listens, with the ports that the system has chosen; empty before the start and after the stop.</summary>
    public IReadOnlyList<EndPoint> EndPoints { get; private set; } = [];

    /// <summary>The number of connections, including connections in their handshake. Thread-safe.</summary>
    public int ConnectionCount => _limits.Count;

    /// <summary>The state of the server: whether it accepts new clients, at its addresses or through an HTTP server. Thread-safe.</summary>
    public TPacketServerState State => _phase switch
    {
        TPacketServerState.Open when _transport.IsSuspended => TPacketServerState.Suspended,
        TPacketServerState.Open when _limits.Count >= _options.MaxConnections => TPacketServerState.Full,
        var phase => phase,
    };

    /// <summary>
    /// Adds a path of an HTTP server at which the server accepts clients. If a path was added before the start,
    /// the server listens only on an address, port or endpoint that the host has set, and not on the default address.
    /// </summary>
    internal TPacketHttpEndpoint AddHttpEndpoint()
    {
        _hasPaths = true;
        return new TPacketHttpEndpoint(_httpAcceptor);
    }

    /// <summary>Restores the sessions in the store, binds the endpoints and starts accepting connections.</summary>
    /// <param name="cancellationToken">Cancels only the wait for queued log events after a failed start.</param>
    /// <exception cref="IOException">The server cannot bind an address or load a certificate. The message has the reason.</exception>
    /// <exception cref="RoomStoreException">The store of sessions failed or did not answer in time.</exception>
    /// <exception cref="TimeoutException">The nick policy did not decide about the nicks of restored sessions in time.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _transport.Suspended = OnSuspended;
        _transport.Resumed = OnResumed;
        if (Transport.DescriptorLimit is { } limit && limit <= _options.MaxConnections)
            ServerLog.FewDescriptors(_logger, _options.MaxConnections, limit);
        try
        {
            _nickLosses.Start();
            _status.Server = () => (State, ConnectionCount);
            _clusterRequests.TryDrain = TryBeginDrain;
            _cluster.Start();
            _expiry.Start();
            await _restore.StartAsync().ConfigureAwait(false);
            foreach (var endpoint in _options.AllEndpoints(_hasPaths))
                _endpoints.Add(await ServerEndpoint.BindAsync(endpoint, _options, _transport, _timeProvider, _acceptor.OnProxyRefused, _logger).ConfigureAwait(false));
        }
        catch
        {
            await ReleaseAsync().ConfigureAwait(false);
            await _logQueue.FlushAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }

        EndPoints = [.. _endpoints.SelectMany(static endpoint => endpoint.EndPoints)];
        foreach (var endpoint in _endpoints)
            endpoint.Start(_acceptor.Accept);
        _phase = TPacketServerState.Open;
        _rulesWaker.Start();
        _reload.Start();
        // Loads the system's cryptography, which each handshake needs, so that the first client does not wait for it.
        SHA256.HashData([], stackalloc byte[SHA256.HashSizeInBytes]);
    }

    /// <summary>
    /// Drains the server while the host continues: stops accepting connections, sends MOVE_ON to clients with a session, closes every connection with 1001,
    /// waits for the ends of the connections, and aborts the remaining connections, all within <see cref="TPacketServerOptions.DrainTimeout"/>.
    /// A drained server accepts clients again only after a restart of the host. Later calls wait for the drain that the first call has begun.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait; the drain continues.</param>
    /// <exception cref="InvalidOperationException">The server has not started.</exception>
    public Task DrainAsync(CancellationToken cancellationToken = default)
    {
        if (_phase == TPacketServerState.Starting)
            throw new InvalidOperationException("The tPacket server has not started.");
        return BeginDrain(static server => ServerLog.Draining(server._logger, server._limits.Count)).WaitAsync(cancellationToken);
    }

    /// <summary>Drains the server as <see cref="DrainAsync"/> does, then waits up to a second for queued log events to be written.</summary>
    /// <param name="cancellationToken">Aborts the remaining connections at once.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _reload.Dispose();
        using (cancellationToken.UnsafeRegister(static cut => ((CancellationTokenSource)cut!).Cancel(), _drainCut))
            await BeginDrain(static server => ServerLog.Stopping(server._logger, server._limits.Count)).ConfigureAwait(false);
        _phase = TPacketServerState.Stopped;
        await _rulesWaker.StopAsync(cancellationToken).ConfigureAwait(false);
        await ReleaseAsync().ConfigureAwait(false);
        _logQueue.ReportDropped();
        ServerLog.Stopped(_logger);
        await _logQueue.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins to drain the server on the thread pool.</summary>
    /// <returns>False if the server has not started.</returns>
    private bool TryBeginDrain() =>
        _phase != TPacketServerState.Starting && ThreadPool.UnsafeQueueUserWorkItem(static server => _ = server.DrainAsync(), this, preferLocal: false);

    private void OnSuspended(Exception reason)
    {
        _metrics.AcceptingSuspended();
        ServerLog.AcceptingSuspended(_logger, _limits.Count, reason.Message);
    }

    private void OnResumed()
    {
        // Listeners also resume when they are stopped, which is not the end of a shortage.
        if (_phase == TPacketServerState.Open)
            ServerLog.AcceptingResumed(_logger, _limits.Count);
    }

    private Task BeginDrain(Action<TPacketServer> log)
    {
        lock (_gate)
            return _draining ??= DrainOnceAsync(log);
    }

    private async Task DrainOnceAsync(Action<TPacketServer> log)
    {
        _phase = TPacketServerState.Draining;
        EndPoints = [];
        foreach (var endpoint in _endpoints)
            await endpoint.StopAsync().ConfigureAwait(false);
        log(this);
        var left = await _drain.DrainAsync(_options.DrainTimeout, _drainCut.Token).ConfigureAwait(false);
        if (left > 0)
            ServerLog.DrainTimedOut(_logger, left);
    }

    private async ValueTask ReleaseAsync()
    {
        foreach (var endpoint in _endpoints)
            await endpoint.DisposeAsync().ConfigureAwait(false);
        _endpoints.Clear();
    }
}
