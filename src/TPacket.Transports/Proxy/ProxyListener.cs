using System.Net;
using TPacket.Transports.Proxy;

namespace TPacket.Transports;

/// <summary>
/// A listener behind proxies that send a PROXY header. It delivers a connection after it has read the header, so that the connection has the client's addresses from the start. It closes the connection
/// of a peer that is not trusted or that sends no valid header in time.
/// </summary>
public sealed class ProxyListener : TransportListener
{
    private readonly TransportListener _inner;
    private readonly ProxyOptions _options;
    private readonly Action<EndPoint?, ProxyHeaderException>? _rejected;
    private readonly HeaderDeadlines _deadlines;
    private readonly Action<TransportConnection> _accept;
    private readonly Lock _accepting = new();
    private Action<TransportConnection> _accepted = static _ => { };
    private Action<Exception> _failed = static _ => { };
    private bool _stopped;

    /// <summary>Creates a listener that owns another listener.</summary>
    /// <param name="inner">The listener to which the proxies connect, not started.</param>
    /// <param name="options">The trusted networks and the limits of the header.</param>
    /// <param name="rejected">Receives the peer's address and the error of each rejected connection. The callback runs on any thread and must not throw.</param>
    /// <param name="timeProvider">The clock for <see cref="ProxyOptions.HeaderTimeout"/>; null for the system's clock.</param>
    public ProxyListener(TransportListener inner, ProxyOptions options, Action<EndPoint?, ProxyHeaderException>? rejected = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(options);
        _inner = inner;
        _options = options;
        _rejected = rejected;
        _accept = Accept;
        _deadlines = new HeaderDeadlines(options, timeProvider ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public override EndPoint EndPoint => _inner.EndPoint;

    /// <inheritdoc/>
    /// <remarks>The callbacks run on the threads of the connections. Each connection is a <see cref="ProxiedConnection"/>.</remarks>
    public override void Start(Action<TransportConnection> accepted, Action<Exception> failed)
    {
        (_accepted, _failed) = (accepted, failed);
        _inner.Start(Begin, failed);
    }

    /// <inheritdoc/>
    /// <remarks>A connection that waits for its header is closed when the header arrives or its deadline passes.</remarks>
    public override async ValueTask DisposeAsync()
    {
        lock (_accepting)
            _stopped = true;
        await _inner.DisposeAsync().ConfigureAwait(false);
        _deadlines.Dispose();
    }

    private void Begin(TransportConnection connection)
    {
        var proxied = new ProxiedConnection(connection, _options);
        var slot = _deadlines.Add(proxied);
        proxied.ReadHeader(
            proxied =>
            {
                proxied.HeaderDuration = _deadlines.Remove(slot);
                Deliver(proxied, _accept, _failed);
            },
            (proxied, error) =>
            {
                _deadlines.Remove(slot);
                if (error is not null)
                    _rejected?.Invoke(proxied.ProxyEndPoint, error);
            });
    }

    private void Accept(TransportConnection connection)
    {
        lock (_accepting)
        {
            if (_stopped)
                connection.Close();
            else
                _accepted(connection);
        }
    }
}
