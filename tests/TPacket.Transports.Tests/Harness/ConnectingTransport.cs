using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace TPacket.Transports.Tests.Harness;

/// <summary>A transport whose connections are made and not accepted: the peer listens and the transport connects to it.</summary>
internal sealed class ConnectingTransport(Transport inner) : TestTransport(inner)
{
    private readonly ConcurrentDictionary<EndPoint, Listener> _listeners = new();

    public override TransportListener Bind(EndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(endPoint);
        socket.Listen(1_000);
        return _listeners[socket.LocalEndPoint!] = new Listener(socket);
    }

    public override async Task<Peer> ConnectPeerAsync(EndPoint listener)
    {
        using var deadline = Deadline.Start();
        var connection = await Inner.ConnectAsync(listener, deadline.Token);
        var peer = await _listeners[listener].Socket.AcceptAsync(deadline.Token);
        peer.NoDelay = true;
        _listeners[listener].Deliver(connection);
        return new Peer(peer);
    }

    private sealed class Listener(Socket socket) : TransportListener
    {
        private Action<TransportConnection>? _accepted;
        private Action<Exception>? _failed;

        public Socket Socket => socket;

        public override EndPoint EndPoint { get; } = socket.LocalEndPoint!;

        public override void Start(Action<TransportConnection> accepted, Action<Exception> failed) => (_accepted, _failed) = (accepted, failed);

        public void Deliver(TransportConnection connection)
        {
            try
            {
                _accepted!(connection);
            }
            catch (Exception e)
            {
                connection.Close();
                _failed!(e);
            }
        }

        public override ValueTask DisposeAsync()
        {
            socket.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
