using System.Net;
using System.Runtime.Versioning;
using TPacket.Transports.Accepting;
using TPacket.Transports.Loops;
using TPacket.Transports.Sockets;

namespace TPacket.Transports.Epoll;

/// <summary>
/// TCP and Unix domain sockets on Linux, served by event loops. Each loop has a thread, an epoll instance and a receive buffer. A loop serves the connections that it has accepted, and its share of the
/// connections that the transport has made. A handler runs on the loop's thread and must not block it (<see cref="EventLoop.IsCurrent"/>).
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class EpollTransport : Transport
{
    private readonly TimeProvider _timeProvider;
    private readonly AcceptGate _gate;
    private readonly TransportOptions _options;
    private readonly EpollLoop[] _loops;
    private readonly CancellationTokenSource _disposing = new();
    private uint _connections;

    /// <summary>Starts the loops.</summary>
    /// <param name="loops">The number of loops; 0 for one per processor.</param>
    /// <param name="timeProvider">The clock for the pause after a failed accept and for the delay between attempts to connect; null for the system's clock.</param>
    /// <param name="options">The limits of the system's buffers; null for <see cref="TransportOptions.Default"/>.</param>
    /// <exception cref="IOException">The process has no file descriptors left. No loop is running.</exception>
    public EpollTransport(int loops = 0, TimeProvider? timeProvider = null, TransportOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(loops);
        _timeProvider = timeProvider ?? TimeProvider.System;
        _options = options ?? TransportOptions.Default;
        _gate = new AcceptGate(this, timeProvider: _timeProvider);
        _loops = EpollLoop.StartAll(loops == 0 ? Environment.ProcessorCount : loops, number => new EpollLoop(number, _options));
    }

    /// <summary>The number of loops.</summary>
    public int LoopCount => _loops.Length;

    /// <inheritdoc cref="SocketTransport.Resolve"/>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = HappyEyeballs.ResolveAsync;

    /// <inheritdoc/>
    public override bool IsSuspended => _gate.IsSuspended;

    /// <inheritdoc/>
    public override TransportListener Bind(EndPoint endPoint) => Listen(endPoint, socketMode: null);

    /// <inheritdoc/>
    public override TransportListener Bind(EndPoint endPoint, UnixFileMode socketMode) => Listen(endPoint, socketMode);

    /// <inheritdoc/>
    public override ValueTask<TransportConnection> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new HappyEyeballs(Resolve, _timeProvider).ConnectAsync(endPoint, ConnectToAsync, static connection => connection.Close(), cancellationToken);
    }

    /// <summary>Ends the loops and closes their connections.</summary>
    protected override void Dispose(bool disposing)
    {
        // The token source is not disposed of, because it has neither a timer nor a handle.
        _disposing.Cancel();
        foreach (var loop in _loops)
            loop.Dispose();
        base.Dispose(disposing);
    }

    private EpollListener Listen(EndPoint endPoint, UnixFileMode? socketMode)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ObjectDisposedException.ThrowIf(_loops[0].IsStopping, this);
        var socket = SocketTransport.Listen(endPoint, _options, socketMode);
        socket.Blocking = false;
        return new EpollListener(socket, _loops, _gate, _options, _timeProvider);
    }

    private async ValueTask<TransportConnection> ConnectToAsync(EndPoint address, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposing.IsCancellationRequested, this);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        try
        {
            var loop = _loops[Interlocked.Increment(ref _connections) % _loops.Length];
            return await EpollConnector.ConnectAsync(loop, address, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(EpollTransport));
        }
        catch (OperationCanceledException e)
        {
            // The caller knows its own token, not the linked one.
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
    }
}
