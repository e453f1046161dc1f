// begin-snippet: codec-client
using System.Net.WebSockets;
using System.Text;
using TPacket.Protocol;
// end-snippet
namespace TPacket.Docs.Tests.Snippets;

internal static class CodecClient
{
    public static async Task RunAsync(Uri endPoint, Action<string> print)
    {
        // Stands for Console in the snippet.
        var Console = new { WriteLine = print };
        // begin-snippet: codec-client
        var server = new Uri("ws://localhost:25021/");
        // end-snippet
        server = endPoint;
        // begin-snippet: codec-client
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(server, default);
        foreach (var (command, text) in new[] { (0, "magic string :)"), (1, "alice"), (2, "lobby"), (7, "hello") })
        {
            var packet = new byte[PacketHeader.Size + text.Length];
            PacketWriter.Write(packet, uid: 1, command, p1: 0, p2: 0, Encoding.UTF8.GetBytes(text));
            await socket.SendAsync(packet, WebSocketMessageType.Binary, endOfMessage: true, default);
        }

        var buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer, default) is { Count: > 0 } message)
        {
            PacketReader.TryReadMessage(buffer.AsSpan(0, message.Count), out var header, out var data);
            Console.WriteLine($"{(PacketCommand)header.Command} {header.P1} {Encoding.UTF8.GetString(data)}");
        }
        // end-snippet
    }
}
