using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Accepting;
using TPacket.Transports.Native;
using TPacket.Transports.Sockets;

namespace TPacket.Transports;

/// <summary>TCP and Unix domain sockets through <see cref="Socket"/>, on every platform.</summary>
public sealed class SocketTransport : Transport
{
    /// <summary>The largest number of connections that wait in the system until they are accepted.</summary>
    internal const int Backlog = 4096;

    private readonly TimeProvider _timeProvider;
    private readonly TransportOptions _options;
    private readonly AcceptGate _gate;

    /// <summary>Creates a transport. It has no resources of its own, so <see cref="Transport.Dispose()"/> does nothing.</summary>
    /// <param name="timeProvider">The clock for the pause after a failed accept and for the delay between attempts to connect; null for the system's clock.</param>
    /// <param name="options">The limits of the system's buffers; null for <see cref="TransportOptions.Default"/>.</param>
    public SocketTransport(TimeProvider? timeProvider = null, TransportOptions? options = null)
    {
        _timeProvider = timeProvider ?? TimeProvider.System;
        _options = options ?? TransportOptions.Default;
        _gate = new AcceptGate(this, timeProvider: _timeProvider);
    }

    /// <inheritdoc/>
    public override bool IsSuspended => _gate.IsSuspended;

    /// <summary>
    /// The resolver of host names. It returns the addresses of a name, the preferred address first. If the name has no address, it returns an empty array or throws a <see cref="SocketException"/>. The
    /// transport does not call it for IP addresses. Default: the system's resolver.
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

    /// <summary>Connects a socket for a caller that needs the socket itself, for example for a stream. Sets <see cref="Socket.NoDelay"/> on a TCP socket.</summary>
    /// <param name="endPoint">An address or a host name as for <see cref="ConnectAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the attempts.</param>
    /// <returns>The connected socket, which the caller owns.</returns>
    /// <exception cref="SocketException">The name is unknown, or no attempt succeeded; this is the error of the last attempt.</exception>
    /// <exception cref="OperationCanceledException">The attempts were cancelled.</exception>
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

    /// <summary>Creates a socket for an address family.</summary>
    internal static Socket Create(AddressFamily family) =>
        new(family, SocketType.Stream, family == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);

    /// <summary>
    /// Binds a socket and sets the permissions of its file. A peer cannot connect before the socket listens, so no peer connects with the
    /// default permissions of a new file.
    /// </summary>
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
            // The disposal of a bound socket also deletes its file.
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
            // Accepted connections inherit this size on every system. It must be set before the first connection announces its window (RFC 7323, section 2.3).
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

    /// <summary>
    /// Sets the options that an accepted TCP connection inherits from the listening socket on Linux, so that no system call per connection is needed.
    /// </summary>
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
