using System.Net;
using System.Net.Sockets;

namespace TPacket.Transports.Sockets;

/// <summary>TCP through <see cref="Socket"/>, on every platform.</summary>
/// <param name="timeProvider">The clock for the pause after a failed accept; the system's where null.</param>
public sealed class SocketTransport(TimeProvider? timeProvider = null) : Transport
{
    /// <summary>How many connections may wait to be accepted.</summary>
    public const int Backlog = 4096;

    private readonly TimeProvider _timeProvider = timeProvider ?? TimeProvider.System;

    /// <inheritdoc/>
    public override TransportListener Bind(EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new SocketListener(Listen(endPoint), _timeProvider);
    }

    internal static Socket Listen(EndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
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
}
