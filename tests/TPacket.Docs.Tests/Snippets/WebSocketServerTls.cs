using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Docs.Tests.Snippets;

internal static class WebSocketServerTls
{
    public static void Start(TransportListener listener, TlsServerOptions tls, Heartbeat heartbeat)
    {
        // begin-snippet: websocket-server-tls
        listener.Start(
            accepted: connection => WebSocketConnection.Accept(TlsConnection.AsServer(connection, tls), new Echo(), WebSocketOptions.Default, heartbeat),
            failed: error => Console.WriteLine(error.Message));
        // end-snippet
    }
}
