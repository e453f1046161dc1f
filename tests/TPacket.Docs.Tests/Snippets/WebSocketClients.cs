// begin-snippet: websocket-client
using System.Text;
using TPacket.WebSockets;
// end-snippet
namespace TPacket.Docs.Tests.Snippets;

internal static class WebSocketClients
{
    public static async Task RunAsync(Uri endPoint, Action<string> print)
    {
        // Stands for Console in the snippet.
        var Console = new { WriteLine = print };
        // begin-snippet: websocket-client
        var server = new Uri("ws://localhost:9001/");
        // end-snippet
        server = endPoint;
        // begin-snippet: websocket-client
        await using var socket = await WebSocketChannel.ConnectAsync(server);
        await socket.SendAsync(MessageType.Text, "hello"u8.ToArray());
        var message = await socket.ReceiveAsync();
        Console.WriteLine(Encoding.UTF8.GetString(message!.Value.Payload.Span));
        await socket.CloseAsync();
        // end-snippet
    }
}
