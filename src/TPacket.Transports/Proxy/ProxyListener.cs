using System.Net;
using TPacket.Transports.Proxy;

namespace TPacket.Transports;

/// <summary>
/// A listener behind proxies: accepts a connection when its PROXY header is read, so that its addresses are the client's from the start. Who is not trusted, or sends no header in time, is
/// closed.
/// </summary>
public sealed class ProxyListener : TransportListener
{
    private readonly TransportListener _inner;
    private readonly ProxyOptions _options;
    private readonly Action<EndPoint?, ProxyHeaderException>? _refused;
    private readonly HeaderDeadlines _deadlines;
    private readonly Lock _accepting = new();
    private Action<TransportConnection> _accepted = static _ => { };
    private Action<Exception> _failed = static _ => { };
    private bool _stopped;

    /// <summary>Stands on a listener that is not started, and owns it.</summary>
    /// <param name="inner">Where the proxies connect.</param>
    /// <param name="options">Who is trusted, and the bounds of the header.</param>
    /// <param name="refused">Called for each connection that was refused, with the peer's address; from any thread. Must not throw.</param>
    /// <param name="timeProvider">The clock for <see cref="ProxyOptions.HeaderTimeout"/>; the system's where null.</param>
    public ProxyListener(TransportListener inner, ProxyOptions options, Action<EndPoint?, ProxyHeaderException>? refused = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(options);
        _inner = inner;
        _options = options;
        _refused = refused;
        _deadlines = new HeaderDeadlines(options, timeProvider ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public override EndPoint EndPoint => _inner.EndPoint;

    /// <inheritdoc/>
    /// <remarks>Called on the threads of the connections.</remarks>
    public override void Start(Action<TransportConnection> accepted, Action<Exception> failed)
    {
        (_accepted, _failed) = (accepted, failed);
        _inner.Start(Begin, failed);
    }

    /// <inheritdoc/>
    /// <remarks>A connection whose header is still to come is closed when it has come, or not in time.</remarks>
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
                Accept(proxied);
            },
            (proxied, error) =>
            {
                _deadlines.Remove(slot);
                if (error is not null)
                    _refused?.Invoke(proxied.ProxyEndPoint, error);
            });
    }

    /// <summary>A fault of whoever takes the connection costs that connection, not the proxy's others.</summary>
    private void Accept(ProxiedConnection connection)
    {
        try
        {
            lock (_accepting)
            {
                if (_stopped)
                    connection.Close();
                else
                    _accepted(connection);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            connection.Close();
            _failed(e);
        }
    }
}
