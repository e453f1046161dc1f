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
using TPacket.Server.Rules;
using TPacket.Server.Sessions;
using TPacket.Transports;

namespace TPacket.Server;

/// <summary>The server: listens from the host's start to its stop. Registered by <c>AddTPacketServer</c>.</summary>
public sealed class TPacketServer : IHostedService
{
    private readonly Transport _transport;
    private readonly ConnectionAcceptor _acceptor;
    private readonly SessionRestore _restore;
    private readonly LostNicks _lostNicks;
    private readonly ServerCluster _cluster;
    private readonly RulesWaker _rulesWaker;
    private readonly LimitReload _reload;
    private readonly ServerMetrics _metrics;
    private readonly TimeProvider _timeProvider;
    private readonly TPacketServerOptions _options;
    private readonly ILogger<TPacketServer> _logger;
    private readonly LogQueue _logQueue;
    private readonly List<ServerEndpoint> _endpoints = [];
    private bool _hasPaths;

    internal TPacketServer(
        Transport transport,
        ConnectionAcceptor acceptor,
        SessionRestore restore,
        LostNicks lostNicks,
        ServerCluster cluster,
        RulesWaker rulesWaker,
        LimitReload reload,
        ServerMetrics metrics,
        TimeProvider timeProvider,
        IOptions<TPacketServerOptions> options,
        ILogger<TPacketServer> logger,
        LogQueue logQueue)
    {
        _transport = transport;
        _acceptor = acceptor;
        _restore = restore;
        _lostNicks = lostNicks;
        _cluster = cluster;
        _rulesWaker = rulesWaker;
        _reload = reload;
        _metrics = metrics;
        _timeProvider = timeProvider;
        _options = options.Value;
        _logger = logger;
        _logQueue = logQueue;
    }

    /// <summary>The addresses that are listened on, with the ports that the system picked; empty before the start and after the stop.</summary>
    public IReadOnlyList<EndPoint> EndPoints { get; private set; } = [];

    /// <summary>How many connections there are, those in their handshake included.</summary>
    public int ConnectionCount => _acceptor.Count;

    internal bool IsFull => _acceptor.Count >= _options.MaxConnections;

    /// <summary>Whether connections wait to be accepted, for want of descriptors or memory.</summary>
    internal bool IsSuspended => _transport.IsSuspended;

    /// <summary>Whether clients can come: to an address, or through an HTTP server.</summary>
    internal bool IsOpen { get; private set; }

    /// <summary>
    /// Adds a path of an HTTP server through which clients come. Where one was added before the start, the server listens only where the host has set an address, a port or an endpoint.
    /// </summary>
    public TPacketHttpEndpoint AddHttpEndpoint()
    {
        _hasPaths = true;
        return new TPacketHttpEndpoint(_acceptor);
    }

    /// <summary>Binds and begins to accept.</summary>
    /// <exception cref="IOException">An address cannot be bound, or a certificate cannot be used; the message names it.</exception>
    /// <exception cref="RoomStoreException">The store of sessions failed.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _transport.Suspended = OnSuspended;
        _transport.Resumed = OnResumed;
        if (Transport.DescriptorLimit is { } limit && limit <= _options.MaxConnections)
            ServerLog.FewDescriptors(_logger, _options.MaxConnections, limit);
        try
        {
            _lostNicks.Start();
            _cluster.Start();
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
        IsOpen = true;
        _rulesWaker.Start();
        _reload.Start();
        // Every handshake needs a hash: the system's cryptography is loaded now, and not when somebody waits for it.
        SHA256.HashData([], stackalloc byte[SHA256.HashSizeInBytes]);
    }

    /// <summary>Accepts no more, sends MOVE_ON to clients with a session, closes every connection with 1001, waits for them, and releases what is left, all within the drain timeout; then waits up to a second for log events to be written.</summary>
    /// <param name="cancellationToken">Ends the wait early.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        IsOpen = false;
        _reload.Dispose();
        EndPoints = [];
        foreach (var endpoint in _endpoints)
            await endpoint.StopAsync().ConfigureAwait(false);
        ServerLog.Stopping(_logger, _acceptor.Count);
        var left = await _acceptor.DrainAsync(_options.DrainTimeout, cancellationToken).ConfigureAwait(false);
        if (left > 0)
            ServerLog.DrainTimedOut(_logger, left);
        await _rulesWaker.StopAsync(cancellationToken).ConfigureAwait(false);
        await ReleaseAsync().ConfigureAwait(false);
        _logQueue.TellLeftOut();
        ServerLog.Stopped(_logger);
        await _logQueue.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private void OnSuspended(Exception reason)
    {
        _metrics.AcceptingSuspended();
        ServerLog.AcceptingSuspended(_logger, _acceptor.Count, reason.Message);
    }

    private void OnResumed()
    {
        // The end of all listeners is none of the shortage.
        if (IsOpen)
            ServerLog.AcceptingResumed(_logger, _acceptor.Count);
    }

    private async ValueTask ReleaseAsync()
    {
        foreach (var endpoint in _endpoints)
            await endpoint.DisposeAsync().ConfigureAwait(false);
        _endpoints.Clear();
    }
}
