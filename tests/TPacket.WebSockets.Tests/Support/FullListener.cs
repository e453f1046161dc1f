using System.Net;
using System.Net.Sockets;

namespace TPacket.WebSockets.Tests;

/// <summary>A listener with a full backlog: attempts to connect get no answer.</summary>
internal sealed class FullListener : IDisposable
{
    private readonly Socket _socket;
    private readonly List<Socket> _first = [];

    /// <summary>Listens, and fills the backlog.</summary>
    public FullListener(IPEndPoint? endPoint = null)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _socket.Bind(endPoint ?? new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Listen(0);
        for (var i = 0; i < 4; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _first.Add(socket);
            try
            {
                socket.Connect(_socket.LocalEndPoint!);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
            {
                // Waits, as do all that follow.
            }
        }
    }

    public EndPoint EndPoint => _socket.LocalEndPoint!;

    public void Dispose()
    {
        _socket.Dispose();
        _first.ForEach(static socket => socket.Dispose());
    }
}
