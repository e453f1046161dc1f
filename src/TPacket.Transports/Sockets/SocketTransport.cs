using System.Net;
using System.Net.Sockets;

namespace TPacket.Transports.Sockets;

/// <summary>TCP and Unix domain sockets through <see cref="Socket"/>, on every platform.</summary>
/// <param name="timeProvider">The clock for the pause after a failed accept and between attempts to connect; the system's where null.</param>
public sealed class SocketTransport(TimeProvider? timeProvider = null) : Transport
{
    /// <summary>How many connections may wait to be accepted.</summary>
    public const int Backlog = 4096;

    private readonly TimeProvider _timeProvider = timeProvider ?? TimeProvider.System;

    /// <summary>
    /// Finds the addresses of a host's name, the preferred address first; an empty result or a <see cref="SocketException"/> means that there are none. Not called for IP addresses.
    /// Default: the system's resolver.
    /// </summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = HappyEyeballs.ResolveAsync;

    /// <inheritdoc/>
    public override TransportListener Bind(EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new SocketListener(Listen(endPoint), _timeProvider);
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
    public ValueTask<Socket> ConnectSocketAsync(EndPoint endPoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return Eyeballs.ConnectAsync(endPoint, ConnectSocketToAsync, static socket => socket.Dispose(), cancellationToken);
    }

    internal static Socket Listen(EndPoint endPoint)
    {
        try
        {
            return BindAndListen(endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            if (endPoint is not UnixDomainSocketEndPoint unix || !UnixSocketFile.TryRemoveStale(unix))
                throw;
            return BindAndListen(endPoint);
        }
    }

    /// <summary>A socket for an address that is given.</summary>
    internal static Socket Create(AddressFamily family) =>
        new(family, SocketType.Stream, family == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);

    // Disposing of a socket that was bound to a file removes the file.
    private static Socket BindAndListen(EndPoint endPoint)
    {
        var socket = Create(endPoint.AddressFamily);
        try
        {
            if (endPoint is IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } ip)
                socket.DualMode = ip.Address.Equals(IPAddress.IPv6Any);
            socket.Bind(endPoint);
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

    private static async ValueTask<TransportConnection> ConnectToAsync(EndPoint address, CancellationToken cancellationToken)
    {
        var socket = await ConnectSocketToAsync(address, cancellationToken).ConfigureAwait(false);
        try
        {
            return SocketConnection.TryCreate(socket) ?? throw new SocketException((int)SocketError.ConnectionReset);
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
