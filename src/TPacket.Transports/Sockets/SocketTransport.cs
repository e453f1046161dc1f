using System.Net;
using System.Net.Sockets;

namespace TPacket.Transports.Sockets;

/// <summary>TCP and Unix domain sockets through <see cref="Socket"/>, on every platform.</summary>
public sealed class SocketTransport : Transport
{
    /// <summary>How many connections may wait to be accepted.</summary>
    public const int Backlog = 4096;

    private readonly TimeProvider _timeProvider;
    private readonly AcceptGate _gate;

    /// <summary>Creates a transport, which holds nothing.</summary>
    /// <param name="timeProvider">The clock for the pause after a failed accept; the system's where null.</param>
    public SocketTransport(TimeProvider? timeProvider = null)
    {
        _timeProvider = timeProvider ?? TimeProvider.System;
        _gate = new AcceptGate(this);
    }

    /// <inheritdoc/>
    public override bool IsSuspended => _gate.IsSuspended;

    /// <inheritdoc/>
    public override TransportListener Bind(EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new SocketListener(Listen(endPoint), _gate, _timeProvider);
    }

    /// <inheritdoc/>
    public override TransportListener Bind(EndPoint endPoint, UnixFileMode socketMode)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new SocketListener(Listen(endPoint, socketMode), _gate, _timeProvider);
    }

    /// <inheritdoc/>
    public override ValueTask<TransportConnection> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return NamedAddresses.TryEachAsync(endPoint, ConnectToAsync, cancellationToken);
    }

    internal static Socket Listen(EndPoint endPoint, UnixFileMode? socketMode = null)
    {
        try
        {
            return BindAndListen(endPoint, socketMode);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            if (endPoint is not UnixDomainSocketEndPoint unix || !UnixSocketFile.TryRemoveStale(unix))
                throw;
            return BindAndListen(endPoint, socketMode);
        }
    }

    /// <summary>A socket for an address that is given.</summary>
    internal static Socket Create(AddressFamily family) =>
        new(family, SocketType.Stream, family == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);

    // Disposing of a socket that was bound to a file removes the file.
    private static Socket BindAndListen(EndPoint endPoint, UnixFileMode? socketMode)
    {
        var socket = Create(endPoint.AddressFamily);
        try
        {
            if (endPoint is IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } ip)
                socket.DualMode = ip.Address.Equals(IPAddress.IPv6Any);
            socket.Bind(endPoint);
            // In between, when the file has the rights that the process gives to new ones, nobody can connect.
            if (socketMode is { } mode && endPoint is UnixDomainSocketEndPoint unix)
                UnixSocketFile.SetMode(unix, mode);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask<TransportConnection> ConnectToAsync(EndPoint address, CancellationToken cancellationToken)
    {
        var socket = Create(address.AddressFamily);
        try
        {
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return SocketConnection.TryCreate(socket) ?? throw new SocketException((int)SocketError.ConnectionReset);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
