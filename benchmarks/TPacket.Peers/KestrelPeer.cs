using System.Net;
using System.Net.WebSockets;
using System.Threading.Channels;

namespace TPacket.Peers;

/// <summary>ASP.NET Core's own WebSockets as they are used everywhere: a task that reads, and for rooms a channel and a task that writes.</summary>
internal static class KestrelPeer
{
    public static async Task RunAsync(PeerRooms? rooms)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.UseWebSockets();
        app.Run(context => ServeAsync(context, rooms));
        await app.StartAsync();
        Console.WriteLine($"Listening on {new Uri(app.Urls.Single()).Authority}.");
        await app.WaitForShutdownAsync();
    }

    private static async Task ServeAsync(HttpContext context, PeerRooms? rooms)
    {
        using var webSocket = await context.WebSockets.AcceptWebSocketAsync();
        try
        {
            if (rooms is null)
                await EchoAsync(webSocket);
            else
                await TalkAsync(webSocket, rooms);
        }
        catch (WebSocketException)
        {
            // The client is gone.
        }
    }

    private static async Task EchoAsync(WebSocket webSocket)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var length = await ReceiveAsync(webSocket, buffer);
            if (length < 0)
                return;
            await webSocket.SendAsync(buffer.AsMemory(0, length), WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        }
    }

    private static async Task TalkAsync(WebSocket webSocket, PeerRooms rooms)
    {
        var member = new ChannelMember();
        var writing = member.WriteAsync(webSocket);
        try
        {
            var buffer = new byte[64 * 1024];
            while (await ReceiveAsync(webSocket, buffer) is >= 0 and var length)
                rooms.Handle(member, buffer.AsSpan(0, length));
        }
        finally
        {
            rooms.Leave(member);
            member.Complete();
            await writing;
        }
    }

    /// <returns>The message's length, or -1 where none follows.</returns>
    private static async Task<int> ReceiveAsync(WebSocket webSocket, byte[] buffer)
    {
        var length = 0;
        while (true)
        {
            var received = await webSocket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close)
                return -1;
            length += received.Count;
            if (received.EndOfMessage)
                return length;
        }
    }

    private sealed class ChannelMember : PeerRooms.Member
    {
        private readonly Channel<byte[]> _packets = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });

        public override void Send(byte[] packet) => _packets.Writer.TryWrite(packet);

        public void Complete() => _packets.Writer.TryComplete();

        public async Task WriteAsync(WebSocket webSocket)
        {
            try
            {
                await foreach (var packet in _packets.Reader.ReadAllAsync())
                    await webSocket.SendAsync(packet, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
            }
            catch (WebSocketException)
            {
                // The client is gone.
            }
        }
    }
}
