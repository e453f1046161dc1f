using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Client;
using TPacket.WebSockets;

namespace TPacket.Docs.Tests.Snippets;

internal static class HostedClient
{
    public static void Register(HostApplicationBuilder builder, string token)
    {
        // begin-snippet: client-register
        builder.Services.AddTPacketClient(new Uri("wss://chat.example/"), options =>
        {
            options.Reconnect = new ReconnectOptions { MaxDelay = TimeSpan.FromMinutes(2) };
            options.WebSocket = new WebSocketClientOptions
            {
                Headers = [new("Authorization", $"Bearer {token}")],
                Connection = new WebSocketOptions { Compression = DeflateOptions.Default },
            };
        });
        // end-snippet
    }
}
