// begin-snippet: websocket-server
using System.Net;
using TPacket.Transports;
using TPacket.WebSockets;
// end-snippet
namespace TPacket.Docs.Tests.Snippets;

internal static class WebSocketServer
{
    public static async Task RunAsync(IPEndPoint where, Action<string> print, Func<string?> stop)
    {
        // Stands for Console in the snippet.
        var Console = new { WriteLine = print, ReadLine = stop };
        // begin-snippet: websocket-server
        var endPoint = new IPEndPoint(IPAddress.Loopback, 9001);
        // end-snippet
        endPoint = where;
        // begin-snippet: websocket-server
        using var heartbeat = new Heartbeat(TimeProvider.System, TimeSpan.FromSeconds(1));
        using var transport = Transport.CreateFastest();
        await using var listener = transport.Bind(endPoint);
        listener.Start(
            accepted: connection => WebSocketConnection.Accept(connection, new Echo(), WebSocketOptions.Default, heartbeat),
            failed: error => Console.WriteLine(error.Message));
        Console.WriteLine($"Listening on {listener.EndPoint}. Enter stops.");
        Console.ReadLine();
        // end-snippet
    }
}

// begin-snippet: websocket-server
internal sealed class Echo : WebSocketHandler
{
    protected override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
    {
        Connection.Send(type, payload);
        return ValueTask.CompletedTask;
    }
}
// end-snippet
