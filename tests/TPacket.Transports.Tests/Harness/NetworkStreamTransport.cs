using System.Net;
using System.Net.Sockets;

namespace TPacket.Transports.Tests.Harness;

/// <summary>A transport whose connections are on <see cref="NetworkStream"/>.</summary>
internal sealed class NetworkStreamTransport : Transport
{
    public override TransportListener Bind(EndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(endPoint);
        socket.Listen(1_000);
        return new Listener(socket);
    }

    public override ValueTask<TransportConnection> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private sealed class Listener(Socket socket) : TransportListener
    {
        public override EndPoint EndPoint { get; } = socket.LocalEndPoint!;

        public override void Start(Action<TransportConnection> accepted, Action<Exception> failed) => _ = AcceptAsync(accepted, failed);

        public override ValueTask DisposeAsync()
        {
            socket.Dispose();
            return ValueTask.CompletedTask;
        }

        private async Task AcceptAsync(Action<TransportConnection> accepted, Action<Exception> failed)
        {
            while (true)
            {
                Socket peer;
                try
                {
                    peer = await socket.AcceptAsync();
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    return;
                }

                peer.NoDelay = true;
                var connection = new StreamConnection(new NetworkStream(peer, ownsSocket: true));
                try
                {
                    accepted(connection);
                }
                catch (Exception e)
                {
                    connection.Close();
                    failed(e);
                }
            }
        }
    }
}
