using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;
using TPacket.Server.Options;
using TPacket.Transports;

namespace TPacket.Server.Hosting;

/// <summary>One endpoint of the server: its listeners, and the layers of TLS and the PROXY protocol on their connections.</summary>
internal sealed class ServerEndpoint : IAsyncDisposable
{
    private const int MaxBindAttempts = 10;

    private readonly TPacketEndpointOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly List<TransportListener> _listeners = [];
    private readonly CertificateSource? _certificate;
    private readonly TlsServerOptions? _tls;
    private readonly ProxyOptions? _proxies;
    private readonly Action<EndPoint?, ProxyHeaderException> _refused;

    private ServerEndpoint(
        TPacketEndpointOptions options, TPacketServerOptions deadlines, TimeProvider timeProvider, Action<EndPoint?, ProxyHeaderException> refused, ILogger logger)
    {
        _options = options;
        _timeProvider = timeProvider;
        _refused = refused;
        _logger = logger;
        if (options.ProxyProtocol)
            _proxies = CreateProxyOptions(options.TrustedProxies, deadlines);
        if (options.Certificate is null)
            return;
        _certificate = Load(options, timeProvider);
        _certificate.Reloaded = certificate => ServerLog.CertificateReloaded(logger, options.Certificate, certificate.Subject, certificate.NotAfter);
        _certificate.ReloadFailed = error => ServerLog.CertificateNotReloaded(logger, error, options.Certificate);
        _tls = new TlsServerOptions { Certificate = _certificate, Linger = deadlines.ToTransportOptions().Linger };
    }

    /// <summary>The addresses of the listeners, with the ports that the system has chosen.</summary>
    public IEnumerable<EndPoint> EndPoints => _listeners.Select(static listener => listener.EndPoint);

    /// <summary>Binds the addresses. Connections wait until <see cref="Start"/>.</summary>
    /// <param name="options">The options of the endpoint.</param>
    /// <param name="deadlines">The options of the server, for its deadlines.</param>
    /// <param name="transport">The transport that listens.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="refused">Called for each connection without a valid PROXY header, and for each connection of an untrusted proxy.</param>
    /// <param name="logger">The log.</param>
    /// <exception cref="IOException">An address cannot be bound, or the certificate cannot be loaded. The message has the reason.</exception>
    public static async ValueTask<ServerEndpoint> BindAsync(
        TPacketEndpointOptions options,
        TPacketServerOptions deadlines,
        Transport transport,
        TimeProvider timeProvider,
        Action<EndPoint?, ProxyHeaderException> refused,
        ILogger logger)
    {
        var endpoint = new ServerEndpoint(options, deadlines, timeProvider, refused, logger);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                endpoint.Bind(transport);
                return endpoint;
            }
            catch (Exception e)
            {
                await endpoint.DisposeListenersAsync().ConfigureAwait(false);
                // The port that the system has chosen for one address family may be in use in the other; the next attempt gets another port.
                if (options.Port == 0 && attempt < MaxBindAttempts && e.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
                    continue;
                await endpoint.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Starts accepting connections.</summary>
    /// <param name="accepted">Called with each connection, and with the layer that has read the proxy's header, or null.</param>
    public void Start(Action<TransportConnection, ProxiedConnection?> accepted)
    {
        foreach (var listener in _listeners)
        {
            listener.Start(connection => accepted(Wrap(connection), connection as ProxiedConnection), error => ServerLog.AcceptFailed(_logger, error, listener.EndPoint));
            if (_certificate?.Current.TargetCertificate is { } certificate)
                ServerLog.ListeningWithTls(_logger, listener.EndPoint, certificate.Subject, certificate.NotAfter);
            else
                ServerLog.Listening(_logger, listener.EndPoint);
        }
    }

    /// <summary>Stops accepting connections. Open connections continue.</summary>
    public ValueTask StopAsync() => DisposeListenersAsync();

    /// <summary>Stops accepting connections, and releases the certificate.</summary>
    public async ValueTask DisposeAsync()
    {
        await DisposeListenersAsync().ConfigureAwait(false);
        _certificate?.Dispose();
    }

    private static CertificateSource Load(TPacketEndpointOptions options, TimeProvider timeProvider)
    {
        var path = options.Certificate!;
        try
        {
            return Path.GetExtension(path).ToUpperInvariant() is ".PFX" or ".P12"
                ? CertificateSource.FromPfx(path, options.CertificatePassword, timeProvider)
                : CertificateSource.FromPem(path, options.CertificateKey ?? path, options.CertificatePassword, timeProvider);
        }
        catch (Exception e) when (e is CryptographicException or UnauthorizedAccessException)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>
    /// Creates the options of the PROXY protocol. The deadline of the header is not later
    /// than the deadline of the handshake: both begin when the connection is accepted.
    /// </summary>
    private static ProxyOptions CreateProxyOptions(IList<string> trusted, TPacketServerOptions deadlines)
    {
        var options = new ProxyOptions { TrustedNetworks = TrustedProxy.All(trusted), DeadlinePeriod = deadlines.HeartbeatPeriod };
        return options.HeaderTimeout <= deadlines.HandshakeTimeout ? options : options with { HeaderTimeout = deadlines.HandshakeTimeout };
    }

    private TransportConnection Wrap(TransportConnection connection) =>
        _tls is null ? connection : TlsConnection.AsServer(connection, _tls, _timeProvider);

    private void Bind(Transport transport)
    {
        if (_options.UnixSocket is { } path)
        {
            Bind(transport, new UnixDomainSocketEndPoint(path));
            return;
        }

        var port = _options.Port;
        foreach (var address in ListenAddress.Resolve(_options.Address))
        {
            Bind(transport, new IPEndPoint(address, port));
            // Both address families of localhost share the port that the system has chosen for the first.
            port = ((IPEndPoint)_listeners[0].EndPoint).Port;
        }
    }

    private void Bind(Transport transport, EndPoint endPoint)
    {
        try
        {
            var listener = endPoint is UnixDomainSocketEndPoint ? transport.Bind(endPoint, UnixSocketRights.Parse(_options.UnixSocketMode)) : transport.Bind(endPoint);
            _listeners.Add(_proxies is null ? listener : new ProxyListener(listener, _proxies, _refused, _timeProvider));
        }
        catch (SocketException e) when (IsMissingIPv6(endPoint, e))
        {
            ServerLog.NoIPv6(_logger);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Cannot listen on {endPoint}: {e.Message}", e);
        }
    }

    private bool IsMissingIPv6(EndPoint endPoint, SocketException error) =>
        _listeners.Count > 0
        && endPoint.AddressFamily == AddressFamily.InterNetworkV6
        && error.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported;

    private async ValueTask DisposeListenersAsync()
    {
        foreach (var listener in _listeners)
            await listener.DisposeAsync().ConfigureAwait(false);
        _listeners.Clear();
    }
}
