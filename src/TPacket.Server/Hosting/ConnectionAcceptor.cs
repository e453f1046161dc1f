using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;
using TPacket.Server.Sessions;
using TPacket.Transports;
using TPacket.Transports.Proxy;
using TPacket.WebSockets;

namespace TPacket.Server.Hosting;

/// <summary>Every connection of the server: admits it, keeps it, and sees it off.</summary>
internal sealed class ConnectionAcceptor
{
    private readonly HashSet<Session> _sessions = [];
    private readonly SessionHost _host;
    private readonly ServerMetrics _metrics;
    private readonly TimeProvider _timeProvider;
    private readonly AddressLimiter _addresses;
    private readonly WebSocketOptions _webSocketOptions;
    private readonly ILogger<ConnectionAcceptor> _logger;
    private readonly int _maxConnections;
    private TaskCompletionSource? _drained;
    private int _count;

    public ConnectionAcceptor(
        SessionHost host, ServerMetrics metrics, TimeProvider timeProvider, IOptions<TPacketServerOptions> options, ILogger<ConnectionAcceptor> logger)
    {
        _host = host;
        _metrics = metrics;
        _timeProvider = timeProvider;
        _addresses = new AddressLimiter(options.Value.MaxConnectionsPerAddress);
        _webSocketOptions = options.Value.ToWebSocketOptions();
        _maxConnections = options.Value.MaxConnections;
        _logger = logger;
        host.TornDown = Remove;
    }

    public int Count => Volatile.Read(ref _count);

    /// <summary>Serves a connection, or closes one too many.</summary>
    public void Accept(TransportConnection transport)
    {
        var remote = transport.RemoteEndPoint;
        var address = AddressLimiter.Key(remote);
        if (Interlocked.Increment(ref _count) > _maxConnections)
        {
            Refuse(transport, _maxConnections, nameof(TPacketServerOptions.MaxConnections));
        }
        else if (!_addresses.TryEnter(address))
        {
            Refuse(transport, _addresses.Limit, nameof(TPacketServerOptions.MaxConnectionsPerAddress));
        }
        else
        {
            var session = new Session(_host, _timeProvider.GetTimestamp());
            lock (_sessions)
                _sessions.Add(session);
            _metrics.ConnectionOpened();
            ConnectionLog.Accepted(_logger, remote);
            try
            {
                WebSocketConnection.Accept(transport, session, _webSocketOptions, _host.Heartbeat);
            }
            catch
            {
                Remove(session);
                throw;
            }
        }
    }

    /// <summary>A connection was closed by its endpoint: no proxy that is trusted has said where it comes from.</summary>
    public void OnProxyRefused(EndPoint? peer, ProxyHeaderException error)
    {
        _metrics.ConnectionRefused(nameof(TPacketEndpointOptions.ProxyProtocol));
        ConnectionLog.ProxyRefused(_logger, peer, error.Message);
    }

    /// <summary>Closes every connection and waits for their end. The last tenth of the time is for those that have to be released.</summary>
    /// <returns>How many had to be.</returns>
    public async Task<int> DrainAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var timeToRelease = timeout / 10;
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _drained, drained);
        foreach (var session in CopySessions())
            session.Connection.Close(CloseStatus.GoingAway, "server stops");
        if (Count == 0)
            return 0;
        if (await EndsWithinAsync(drained.Task, timeout - timeToRelease, cancellationToken).ConfigureAwait(false))
            return 0;

        var left = Count;
        foreach (var session in CopySessions())
            session.Connection.Abort();
        // Released connections end at once, unless a handler ignores that its client is gone; that one is left behind.
        await EndsWithinAsync(drained.Task, timeToRelease, cancellationToken).ConfigureAwait(false);
        return left;
    }

    private async Task<bool> EndsWithinAsync(Task ended, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await ended.WaitAsync(timeout, _timeProvider, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private void Refuse(TransportConnection transport, int limit, string setting)
    {
        Interlocked.Decrement(ref _count);
        _metrics.ConnectionRefused(setting);
        ConnectionLog.LimitReached(_logger, transport.RemoteEndPoint, limit, $"{TPacketServerOptions.SectionName}:{setting}");
        transport.Close();
    }

    private void Remove(Session session)
    {
        lock (_sessions)
        {
            if (!_sessions.Remove(session))
                return;
        }

        var remote = session.RemoteEndPoint;
        _addresses.Leave(AddressLimiter.Key(remote));
        _metrics.ConnectionClosed(_timeProvider.GetElapsedTime(session.Since), session.End.Cause);
        if (session.End.Cause is EndCause.ClosedByPeer or EndCause.ClosedHere or EndCause.EndOfStream or EndCause.TransportFailed)
            ConnectionLog.Ended(_logger, remote, session.End.Cause, session.End.Status);
        else
            ConnectionLog.EndedForFault(_logger, remote, session.End.Cause, session.End.Reason);
        if (Interlocked.Decrement(ref _count) == 0)
            Volatile.Read(ref _drained)?.TrySetResult();
    }

    private Session[] CopySessions()
    {
        lock (_sessions)
            return [.. _sessions];
    }
}
