using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using TPacket.Docs.Tests.Snippets;

namespace TPacket.Docs.Tests;

public class WebStepsTests
{
    [Fact]
    public async Task The_web_packages_server_upgrades_clients_at_its_path()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var talk = Task.CompletedTask;

        await WebServer.RunAsync(["--urls=http://127.0.0.1:0"], app => app.Lifetime.ApplicationStarted.Register(() => talk = TalkAsync(app, deadline.Token)));
        await talk;
    }

    private static async Task TalkAsync(WebApplication app, CancellationToken deadline)
    {
        try
        {
            using var socket = new ClientWebSocket();
            await socket.ConnectAsync(new UriBuilder(app.Urls.Single()) { Scheme = "ws", Path = "/chat" }.Uri, deadline);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", deadline);
        }
        finally
        {
            app.Lifetime.StopApplication();
        }
    }
}
