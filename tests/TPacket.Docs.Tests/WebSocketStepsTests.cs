using System.Net;
using System.Net.WebSockets;
using System.Text;
using TPacket.Docs.Tests.Snippets;

namespace TPacket.Docs.Tests;

/// <summary>The server and the client of the WebSocket layer's page.</summary>
public class WebSocketStepsTests
{
    [Fact]
    public Task The_pages_server_answers_the_frameworks_client() => ServeAsync(static async server =>
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(server, deadline.Token);
        await socket.SendAsync(Encoding.UTF8.GetBytes("grüß dich"), WebSocketMessageType.Text, endOfMessage: true, deadline.Token);
        var buffer = new byte[64];
        var answer = await socket.ReceiveAsync(buffer, deadline.Token);
        Assert.Equal("grüß dich", Encoding.UTF8.GetString(buffer.AsSpan(0, answer.Count)));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, deadline.Token);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    });

    [Fact]
    public Task The_pages_client_receives_its_own_message() => ServeAsync(static async server =>
    {
        var printed = new List<string>();
        await WebSocketClients.RunAsync(server, printed.Add).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["hello"], printed);
    });

    /// <summary>Runs the page's server until the client ends.</summary>
    private static async Task ServeAsync(Func<Uri, Task> talk)
    {
        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = new SemaphoreSlim(0);
        var server = Task.Run(() => WebSocketServer.RunAsync(new IPEndPoint(IPAddress.Loopback, 0), listening.SetResult, () =>
        {
            stop.Wait();
            return "";
        }));
        try
        {
            var line = await listening.Task.WaitAsync(TimeSpan.FromMinutes(1));
            Assert.StartsWith("Listening on ", line, StringComparison.Ordinal);
            await talk(new Uri($"ws://{IPEndPoint.Parse(line.Split(' ')[2].TrimEnd('.'))}/"));
        }
        finally
        {
            stop.Release();
            await server;
        }
    }
}
