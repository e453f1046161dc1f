using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using TPacket.ConsoleHost;

namespace TPacket.Peers;

/// <summary>A server on ASP.NET Core's WebSockets in their usual form: a task that reads, and for rooms a channel and a task that writes.</summary>
internal static class KestrelPeer
{
    /// <summary>Serves until the process ends.</summary>
    /// <param name="rooms">The rooms; null for echoes.</param>
    /// <param name="certificate">A PEM file with its key, for TLS; null for none.</param>
    public static async Task RunAsync(PeerRooms? rooms, string? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHostedService<IdleMemoryTrimmer>();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
                listen.UseHttps(X509Certificate2.CreateFromPemFile(certificate));
        }));
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
            // The client has disconnected.
        }
    }

    private static async Task EchoAsync(WebSocket webSocket)
    {
        var input = new Input();
        while (await input.ReceiveAsync(webSocket))
            await webSocket.SendAsync(input.Message, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
    }

    private static async Task TalkAsync(WebSocket webSocket, PeerRooms rooms)
    {
        var member = new ChannelMember();
        var writing = member.WriteAsync(webSocket);
        try
        {
            var input = new Input();
            while (await input.ReceiveAsync(webSocket))
                rooms.Handle(member, input.Message.Span);
        }
        finally
        {
            rooms.Leave(member);
            member.Complete();
            await writing;
        }
    }

    /// <summary>A buffer that grows as needed.</summary>
    private sealed class Input
    {
        private byte[] _buffer = new byte[4096];
        private int _length;

        public ReadOnlyMemory<byte> Message => _buffer.AsMemory(0, _length);

        /// <returns>False if no message follows.</returns>
        public async ValueTask<bool> ReceiveAsync(WebSocket webSocket)
        {
            _length = 0;
            while (true)
            {
                var received = await webSocket.ReceiveAsync(_buffer.AsMemory(_length), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                    return false;
                _length += received.Count;
                if (received.EndOfMessage)
                    return true;
                if (_length == _buffer.Length)
                    Array.Resize(ref _buffer, 2 * _length);
            }
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
                // The client has disconnected.
            }
        }
    }
}
