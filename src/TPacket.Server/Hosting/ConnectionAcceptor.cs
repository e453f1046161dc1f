using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Diagnostics;
using TPacket.Server.Sessions;
using TPacket.Transports;
using TPacket.WebSockets;
using TPacket.WebSockets.Handshake;

namespace TPacket.Server.Hosting;

/// <summary>Every connection of the server: admits it, keeps it, and sees it off.</summary>
internal sealed class ConnectionAcceptor
{
    private static readonly HttpRefusal _full = new(503, "This server has as many connections as it may.");
    private static readonly HttpRefusal _tooMany = new(429, "There are too many connections from this address.");
    private static readonly HttpRefusal _stopping = new(503, "This server stops.");
    private static readonly HttpRefusal _policyFailed = new(500, "The server failed to process the request.");

    private static readonly TimeSpan _leastPause = TimeSpan.FromMilliseconds(10);

    private readonly HashSet<Session> _sessions = [];
    private readonly SessionHost _host;
    private readonly ServerMetrics _metrics;
    private readonly TimeProvider _timeProvider;
    private readonly AddressLimiter _addresses;
    private readonly WebSocketOptions _webSocketOptions;
    private readonly ILogger<ConnectionAcceptor> _logger;
    private TaskCompletionSource? _drained;
    private int _count;
    private int _unfinished; // Those, and the sessions that have not given back everything.

    public ConnectionAcceptor(
        SessionHost host, ServerMetrics metrics, TimeProvider timeProvider, IOptions<TPacketServerOptions> options, ILogger<ConnectionAcceptor> logger)
    {
        _host = host;
        _metrics = metrics;
        _timeProvider = timeProvider;
        _addresses = new AddressLimiter(options.Value.MaxConnectionsPerAddress);
        _webSocketOptions = options.Value.ToWebSocketOptions();
        Linger = options.Value.ToTransportOptions().Linger;
        _logger = logger;
        host.ConnectionEnded = FreePlace;
        host.TornDown = Remove;
    }

    public int Count => Volatile.Read(ref _count);

    /// <summary>How long what a connection has taken is still being sent after its close.</summary>
    public TimeSpan Linger { get; }

    /// <summary>Serves a connection, or closes one too many.</summary>
    /// <param name="transport">The connection.</param>
    /// <param name="proxied">What it stands on, or is, where a proxy has passed it on; otherwise null.</param>
    public void Accept(TransportConnection transport, ProxiedConnection? proxied = null)
    {
        var remote = transport.RemoteEndPoint;
        // Where the header names no client, the address is the proxy's, and stands for many.
        var isCounted = proxied?.HasClientAddress ?? true;
        if (Admit(remote, isCounted) is not null)
        {
            transport.Close();
            return;
        }

        var session = new Session(_host, _timeProvider.GetTimestamp()) { IsAddressCounted = isCounted };
        Add(session);
        _metrics.ConnectionOpened();
        ConnectionLog.Accepted(_logger, remote);
        try
        {
            WebSocketConnection.Accept(transport, session, _webSocketOptions, _host.Heartbeat, proxied?.HeaderDuration ?? TimeSpan.Zero);
        }
        catch
        {
            FreePlace(session);
            Remove(session);
            throw;
        }
    }

    /// <summary>Serves a client that comes through an HTTP server, or has it refused.</summary>
    /// <returns>A task that completes when the client is gone.</returns>
    public async Task ServeAsync(HttpUpgrade upgrade, CancellationToken stopping)
    {
        var remote = upgrade.RemoteEndPoint;
        if (IsDraining || stopping.IsCancellationRequested)
        {
            await upgrade.RefuseAsync(_stopping).ConfigureAwait(false);
            return;
        }

        if (Admit(remote, isCounted: true) is { } limit)
        {
            await upgrade.RefuseAsync(limit).ConfigureAwait(false);
            return;
        }

        var since = _timeProvider.GetTimestamp();
        HttpSession? session = null;
        var end = new ConnectionEnd(EndCause.TransportFailed, CloseStatus.AbnormalClosure, "answering failed");
        _metrics.ConnectionOpened();
        ConnectionLog.Accepted(_logger, remote);
        var activity = _host.Activities.HasListeners ? _host.Activities.StartHandshake(upgrade.Request) : null;
        try
        {
            var (acceptance, refusal) = await DecideAsync(upgrade.Request, remote, stopping).ConfigureAwait(false);
            if (acceptance is null)
            {
                end = new ConnectionEnd(EndCause.HandshakeRefused, CloseStatus.AbnormalClosure, $"{refusal!.StatusCode} {refusal.Text}");
                await upgrade.RefuseAsync(refusal).ConfigureAwait(false);
                ServerActivities.StopHandshake(activity, refusal.StatusCode);
                return;
            }

            var transport = await upgrade.AcceptAsync(acceptance).ConfigureAwait(false);
            // Before the connection begins to read, which would else be part of the handshake.
            ServerActivities.StopHandshake(activity, ServerActivities.AcceptedStatusOf(upgrade.Request));
            session = new HttpSession(_host, since, upgrade.Request.Principal) { HandshakeLink = ServerActivities.LinkTo(activity) };
            Add(session);
            WebSocketConnection.Accept(transport, acceptance, session, _webSocketOptions, _host.Heartbeat);
        }
        finally
        {
            activity?.Dispose();
            if (session is null)
            {
                FreePlace(remote, isCounted: true, since, end);
                LogEnd(remote, end);
            }
        }

        // The drain that has begun meanwhile may have found the session without its connection.
        if (IsDraining)
            SayGoodbye(session);
        // The HTTP server waits for its clients before the drain begins, so they are closed at once; they come back one after the other.
        using (stopping.UnsafeRegister(_ => AskToMoveOn(session, _host.Options.MoveOnSpread), null))
            await session.Ended.ConfigureAwait(false);
    }

    /// <summary>A connection was closed by its endpoint: no proxy that is trusted has said where it comes from.</summary>
    public void OnProxyRefused(EndPoint? peer, ProxyHeaderException error)
    {
        // Nobody was refused: a load balancer has looked whether somebody listens.
        if (error.IsBeforeFirstByte)
        {
            ConnectionLog.EndedBeforeHeader(_logger, peer);
            return;
        }

        _metrics.ConnectionRefused(nameof(TPacketEndpointOptions.ProxyProtocol));
        ConnectionLog.ProxyRefused(_logger, peer, error.Message);
    }

    /// <summary>Closes every connection and waits for their end. The last tenth of the time is for those that have to be released.</summary>
    /// <returns>How many had to be.</returns>
    public async Task<int> DrainAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var timeToRelease = timeout / 10;
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_sessions)
            _drained = drained;
        var spread = _host.Options.MoveOnSpread < timeout / 2 ? _host.Options.MoveOnSpread : timeout / 2;
        var timeToEnd = timeout - timeToRelease - await SayGoodbyeToAllAsync(spread, cancellationToken).ConfigureAwait(false);
        if (Volatile.Read(ref _unfinished) == 0)
            return 0;
        if (await EndsWithinAsync(drained.Task, timeToEnd, cancellationToken).ConfigureAwait(false))
            return 0;

        var sessions = CopySessions();
        var left = sessions.Length;
        foreach (var session in sessions)
            session.Connection?.Abort();
        // Released connections end at once, unless a handler ignores that its client is gone; that one is left behind.
        await EndsWithinAsync(drained.Task, timeToRelease, cancellationToken).ConfigureAwait(false);
        return left;
    }

    /// <summary>Closes every connection. Clients that are going to come back are closed one after the other, so that they come back so.</summary>
    /// <returns>How long that has taken at most.</returns>
    private async Task<TimeSpan> SayGoodbyeToAllAsync(TimeSpan spread, CancellationToken cancellationToken)
    {
        var returning = new List<Session>();
        foreach (var session in CopySessions())
        {
            if (session.UserSession is not null && session.Accepts((int)PacketCommand.MoveOn))
                returning.Add(session);
            else
                SayGoodbye(session);
        }

        Random.Shared.Shuffle(CollectionsMarshal.AsSpan(returning));
        var since = _timeProvider.GetTimestamp();
        for (var i = 0; i < returning.Count; i++)
        {
            var due = spread * i / returning.Count;
            if (due - _timeProvider.GetElapsedTime(since) is var wait && wait > TimeSpan.Zero)
                await Task.Delay(wait < _leastPause ? _leastPause : wait, _timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            AskToMoveOn(returning[i], spread);
        }

        return returning.Count == 0 ? TimeSpan.Zero : spread;
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

    /// <summary>Has the policy decide, no longer than a handshake may take.</summary>
    private async ValueTask<(UpgradeAcceptance? Acceptance, HttpRefusal? Refusal)> DecideAsync(UpgradeRequest request, EndPoint? remote, CancellationToken stopping)
    {
        try
        {
            var decision = await _host.DecideUpgradeAsync(request, remote).AsTask()
                .WaitAsync(_host.Options.HandshakeTimeout, _timeProvider, stopping).ConfigureAwait(false);
            UpgradeAcceptance.TryCreate(request, decision, _webSocketOptions, out var acceptance, out var refusal);
            return (acceptance, refusal);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return (null, _stopping);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _host.OnPolicyFailed(remote, e);
            return (null, _policyFailed);
        }
    }

    /// <summary>Counts one more connection, unless there are too many.</summary>
    /// <param name="remote">The peer's address.</param>
    /// <param name="isCounted">Whether it counts for the limit of one address.</param>
    /// <returns>What an HTTP client is answered when there are.</returns>
    private HttpRefusal? Admit(EndPoint? remote, bool isCounted)
    {
        Interlocked.Increment(ref _unfinished);
        var most = _host.Options.MaxConnections;
        if (Interlocked.Increment(ref _count) > most)
        {
            OnLimit(remote, most, nameof(TPacketServerOptions.MaxConnections));
            return _full;
        }

        if (!isCounted || _addresses.TryEnter(AddressLimiter.Key(remote)))
            return null;
        OnLimit(remote, _addresses.Limit, nameof(TPacketServerOptions.MaxConnectionsPerAddress));
        return _tooMany;
    }

    private void OnLimit(EndPoint? remote, int limit, string setting)
    {
        Interlocked.Decrement(ref _count);
        _metrics.ConnectionRefused(setting);
        ConnectionLog.LimitReached(_logger, remote, limit, $"{TPacketServerOptions.SectionName}:{setting}");
        Finish();
    }

    private void Add(Session session)
    {
        lock (_sessions)
            _sessions.Add(session);
    }

    private void Remove(Session session)
    {
        lock (_sessions)
        {
            if (!_sessions.Remove(session))
                return;
        }

        LogEnd(session.RemoteEndPoint, session.End);
    }

    /// <summary>The connection is gone: another may take its place, though its user may not have left its room yet.</summary>
    private void FreePlace(Session session)
    {
        if (session.TryGiveUpPlace())
            FreePlace(session.RemoteEndPoint, session.IsAddressCounted, session.Since, session.End);
    }

    private void FreePlace(EndPoint? remote, bool isCounted, long since, ConnectionEnd end)
    {
        Interlocked.Decrement(ref _count);
        if (isCounted)
            _addresses.Leave(AddressLimiter.Key(remote));
        _metrics.ConnectionClosed(_timeProvider.GetElapsedTime(since), end.Cause);
    }

    private void LogEnd(EndPoint? remote, ConnectionEnd end)
    {
        if (end.Cause is EndCause.ClosedByPeer or EndCause.ClosedHere or EndCause.EndOfStream or EndCause.TransportFailed)
            ConnectionLog.Ended(_logger, remote, end.Cause, end.Status);
        else
            ConnectionLog.EndedForFault(_logger, remote, end.Cause, end.Reason);
        Finish();
    }

    private void Finish()
    {
        if (Interlocked.Decrement(ref _unfinished) == 0)
            Volatile.Read(ref _drained)?.TrySetResult();
    }

    private bool IsDraining
    {
        get
        {
            lock (_sessions)
                return _drained is not null;
        }
    }

    /// <summary>Closes a connection; a client with a session comes back at a time of its own.</summary>
    private static void AskToMoveOn(Session session, TimeSpan spread)
    {
        if (session.UserSession is not null && session.Connection is not null)
            session.Send((int)PacketCommand.MoveOn, Random.Shared.Next((int)spread.TotalMilliseconds + 1), 0, []);
        SayGoodbye(session);
    }

    private static void SayGoodbye(Session session) => session.Connection?.Close(CloseStatus.GoingAway, "server stops");

    private Session[] CopySessions()
    {
        lock (_sessions)
            return [.. _sessions];
    }
}
