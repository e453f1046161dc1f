using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Native;

namespace TPacket.Transports.Sockets;

/// <summary>TCP and Unix domain sockets through <see cref="Socket"/>, on every platform.</summary>
/// <param name="timeProvider">The clock for the pause after a failed accept; the system's where null.</param>
/// <param name="options">What the system may hold for a connection; the defaults where null.</param>
public sealed class SocketTransport(TimeProvider? timeProvider = null, TransportOptions? options = null) : Transport
{
    /// <summary>How many connections may wait to be accepted.</summary>
    public const int Backlog = 4096;

    private readonly TimeProvider _timeProvider = timeProvider ?? TimeProvider.System;
    private readonly TransportOptions _options = options ?? TransportOptions.Default;

    /// <inheritdoc/>
    public override TransportListener Bind(EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new SocketListener(Listen(endPoint, _options), _options, _timeProvider);
    }

    /// <inheritdoc/>
    public override ValueTask<TransportConnection> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return NamedAddresses.TryEachAsync(endPoint, ConnectToAsync, cancellationToken);
    }

    internal static Socket Listen(EndPoint endPoint, TransportOptions options)
    {
        try
        {
            return BindAndListen(endPoint, options);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            if (endPoint is not UnixDomainSocketEndPoint unix || !UnixSocketFile.TryRemoveStale(unix))
                throw;
            return BindAndListen(endPoint, options);
        }
    }

    /// <summary>A socket for an address that is given.</summary>
    internal static Socket Create(AddressFamily family) =>
        new(family, SocketType.Stream, family == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);

    // Disposing of a socket that was bound to a file removes the file.
    private static Socket BindAndListen(EndPoint endPoint, TransportOptions options)
    {
        var socket = Create(endPoint.AddressFamily);
        try
        {
            if (endPoint is IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } ip)
                socket.DualMode = ip.Address.Equals(IPAddress.IPv6Any);
            socket.Bind(endPoint);
            if (OperatingSystem.IsLinux() && endPoint.AddressFamily != AddressFamily.Unix)
                SetInherited(socket, options);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

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
        var socket = Create(address.AddressFamily);
        try
        {
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return SocketConnection.TryCreate(socket, _options.Linger) ?? throw new SocketException((int)SocketError.ConnectionReset);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
