using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Native;
using TPacket.Transports.Sockets;

namespace TPacket.Transports;

/// <summary>TCP and Unix domain sockets through <see cref="Socket"/>, on every platform.</summary>
public sealed class SocketTransport : Transport
{
    /// <summary>How many connections may wait to be accepted.</summary>
    internal const int Backlog = 4096;

    private readonly TimeProvider _timeProvider;
    private readonly TransportOptions _options;
    private readonly AcceptGate _gate;

    /// <summary>Creates a transport, which holds nothing.</summary>
    /// <param name="timeProvider">The clock for the pause after a failed accept and between attempts to connect; the system's where null.</param>
    /// <param name="options">What the system may hold for a connection; the defaults where null.</param>
    public SocketTransport(TimeProvider? timeProvider = null, TransportOptions? options = null)
    {
        _timeProvider = timeProvider ?? TimeProvider.System;
        _options = options ?? TransportOptions.Default;
        _gate = new AcceptGate(this, timeProvider: _timeProvider);
    }

    /// <inheritdoc/>
    public override bool IsSuspended => _gate.IsSuspended;

    /// <summary>
    /// Finds the addresses of a host's name, the preferred address first; an empty result or a <see cref="SocketException"/> means that there are none. Not called for IP addresses.
    /// Default: the system's resolver.
    /// </summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = HappyEyeballs.ResolveAsync;

    /// <inheritdoc/>
    public override TransportListener Bind(EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new SocketListener(Listen(endPoint, _options), _gate, _options, _timeProvider);
    }

    /// <inheritdoc/>
    public override TransportListener Bind(EndPoint endPoint, UnixFileMode socketMode)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new SocketListener(Listen(endPoint, _options, socketMode), _gate, _options, _timeProvider);
    }

    /// <inheritdoc/>
    public override ValueTask<TransportConnection> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return Eyeballs.ConnectAsync(endPoint, ConnectToAsync, static connection => connection.Close(), cancellationToken);
    }

    /// <summary>Connects a socket for a caller that needs the socket itself, to put a stream on it for one. TCP sockets have <see cref="Socket.NoDelay"/> set.</summary>
    /// <param name="endPoint">As for <see cref="ConnectAsync"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connected socket, which the caller owns.</returns>
    /// <exception cref="SocketException">No address could be connected to; of several, what the last attempt failed with.</exception>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    internal ValueTask<Socket> ConnectSocketAsync(EndPoint endPoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return Eyeballs.ConnectAsync(endPoint, ConnectSocketToAsync, static socket => socket.Dispose(), cancellationToken);
    }

    internal static Socket Listen(EndPoint endPoint, TransportOptions options, UnixFileMode? socketMode = null)
    {
        try
        {
            return BindAndListen(endPoint, options, socketMode);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            if (endPoint is not UnixDomainSocketEndPoint unix || !UnixSocketFile.TryRemoveStale(unix))
                throw;
            return BindAndListen(endPoint, options, socketMode);
        }
    }

    /// <summary>A socket for an address that is given.</summary>
    internal static Socket Create(AddressFamily family) =>
        new(family, SocketType.Stream, family == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);

    /// <summary>Binds a socket and gives its file the rights. Nobody can connect before it listens, so nobody can connect while the file has the rights that the process gives to new files.</summary>
    internal static Socket CreateBound(EndPoint endPoint, UnixFileMode? socketMode)
    {
        var socket = Create(endPoint.AddressFamily);
        try
        {
            if (endPoint is IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } ip)
                socket.DualMode = ip.Address.Equals(IPAddress.IPv6Any);
            socket.Bind(endPoint);
            if (socketMode is { } mode && endPoint is UnixDomainSocketEndPoint unix)
                UnixSocketFile.SetMode(unix, mode);
            return socket;
        }
        catch
        {
            // Disposing of a socket that was bound to a file removes the file.
            socket.Dispose();
            throw;
        }
    }

    private static Socket BindAndListen(EndPoint endPoint, TransportOptions options, UnixFileMode? socketMode)
    {
        var socket = CreateBound(endPoint, socketMode);
        try
        {
            if (OperatingSystem.IsLinux() && endPoint.AddressFamily != AddressFamily.Unix)
                SetInherited(socket, options);
            // Accepted connections begin with it on every system. It has to be set before the first connection offers its window (RFC 7323, section 2.3).
            if (options.ReceiveBufferBytes > 0 && endPoint.AddressFamily != AddressFamily.Unix)
                socket.ReceiveBufferSize = options.ReceiveBufferBytes;
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private HappyEyeballs Eyeballs => new(Resolve, _timeProvider);

    /// <summary>On Linux an accepted TCP connection begins with the options of the listening socket: they cost nothing a connection.</summary>
    private static void SetInherited(Socket socket, TransportOptions options)
    {
        socket.NoDelay = true;
        if (options.SendBufferBytes > 0)
            socket.SendBufferSize = options.SendBufferBytes;
        if (options.UnacknowledgedTimeout > TimeSpan.Zero)
            NativeSocket.SetUserTimeout(socket, options.UnacknowledgedTimeout);
    }

    private async ValueTask<TransportConnection> ConnectToAsync(EndPoint address, CancellationToken cancellationToken)
    {
        var socket = await ConnectSocketToAsync(address, cancellationToken).ConfigureAwait(false);
        try
        {
            return SocketConnection.TryCreate(socket, _options.Linger) ?? throw new SocketException((int)SocketError.ConnectionReset);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask<Socket> ConnectSocketToAsync(EndPoint address, CancellationToken cancellationToken)
    {
        var socket = Create(address.AddressFamily);
        try
        {
            if (address.AddressFamily != AddressFamily.Unix)
                socket.NoDelay = true;
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
