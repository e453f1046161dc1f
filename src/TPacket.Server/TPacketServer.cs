using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;
using TPacket.Server.Hosting;
using TPacket.Server.Options;
using TPacket.Transports;

namespace TPacket.Server;

/// <summary>The server: listens from the host's start to its stop. Registered by <c>AddTPacketServer</c>.</summary>
public sealed class TPacketServer : IHostedService
{
    private const int MaxBindAttempts = 10;

    private readonly Transport _transport;
    private readonly ConnectionAcceptor _acceptor;
    private readonly TPacketServerOptions _options;
    private readonly ILogger<TPacketServer> _logger;
    private readonly List<TransportListener> _listeners = [];

    internal TPacketServer(Transport transport, ConnectionAcceptor acceptor, IOptions<TPacketServerOptions> options, ILogger<TPacketServer> logger)
    {
        _transport = transport;
        _acceptor = acceptor;
        _options = options.Value;
        _logger = logger;
    }

    /// <summary>The addresses that are listened on, with the ports that the system picked; empty before the start and after the stop.</summary>
    public IReadOnlyList<EndPoint> EndPoints { get; private set; } = [];

    /// <summary>How many connections there are, those in their handshake included.</summary>
    public int ConnectionCount => _acceptor.Count;

    internal bool IsFull => _acceptor.Count >= _options.MaxConnections;

    /// <summary>Binds and begins to accept.</summary>
    /// <exception cref="IOException">An address cannot be bound; the message names it.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; _listeners.Count == 0; attempt++)
        {
            try
            {
                BindAll();
            }
            catch (Exception e)
            {
                await StopListeningAsync().ConfigureAwait(false);
                // The port that the system picked for one family may be taken in the other: it picks another one.
                if (_options.Port != 0 || attempt == MaxBindAttempts || e.InnerException is not SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
                    throw;
            }
        }

        EndPoints = [.. _listeners.Select(static listener => listener.EndPoint)];
        foreach (var listener in _listeners)
        {
            listener.Start(_acceptor.Accept, error => ServerLog.AcceptFailed(_logger, error, listener.EndPoint));
            ServerLog.Listening(_logger, listener.EndPoint);
        }
    }

    /// <summary>Accepts no more, closes every connection with 1001, waits for them, and releases what is left, all within the drain timeout.</summary>
    /// <param name="cancellationToken">Ends the wait early.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        EndPoints = [];
        await StopListeningAsync().ConfigureAwait(false);
        ServerLog.Stopping(_logger, _acceptor.Count);
        var left = await _acceptor.DrainAsync(_options.DrainTimeout, cancellationToken).ConfigureAwait(false);
        if (left > 0)
            ServerLog.DrainTimedOut(_logger, left);
        ServerLog.Stopped(_logger);
    }

    private void BindAll()
    {
        var port = _options.Port;
        foreach (var address in ListenAddress.Resolve(_options.Address))
        {
            var endPoint = new IPEndPoint(address, port);
            try
            {
                _listeners.Add(_transport.Bind(endPoint));
            }
            catch (SocketException e) when (IsMissingIPv6(endPoint, e))
            {
                ServerLog.NoIPv6(_logger);
                continue;
            }
            catch (SocketException e)
            {
                throw new IOException($"Cannot listen on {endPoint}: {e.Message}", e);
            }

            // Both families of localhost share the port that the system picked for the first.
            port = ((IPEndPoint)_listeners[0].EndPoint).Port;
        }
    }

    private bool IsMissingIPv6(IPEndPoint endPoint, SocketException error) =>
        _listeners.Count > 0
        && endPoint.AddressFamily == AddressFamily.InterNetworkV6
        && error.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported;

    private async ValueTask StopListeningAsync()
    {
        foreach (var listener in _listeners)
            await listener.DisposeAsync().ConfigureAwait(false);
        _listeners.Clear();
    }
}
