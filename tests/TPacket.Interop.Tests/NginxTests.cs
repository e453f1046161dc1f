using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Interop.Tests.Peers;
using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.Interop.Tests;

/// <summary>A TPacket.Server behind nginx, with the configuration of the docs.</summary>
public sealed partial class NginxTests(NginxFixture nginx) : IClassFixture<NginxFixture>
{
    [Fact]
    public async Task A_page_of_the_proxys_name_comes_through_and_another_does_not()
    {
        using var host = await StartServerAsync();
        await using var proxy = await NginxProcess.StartAsync(nginx.Path, LocationOf(host));
        using var http = proxy.CreateHttp();
        using var page = await ConnectAsync("ws://chat.example/", "https://chat.example", http);

        await SendAsync(page, PacketCommand.Nop, "magic string :)");
        await SendAsync(page, PacketCommand.SetUserNick, "alice");

        Assert.Equal(PacketCommand.RespOk, await ReceiveAsync(page));
        Assert.Equal("alice", Assert.Single(host.Services.GetRequiredService<IUserDirectory>().Users).Nick);
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync("ws://chat.example/", "https://evil.example", http));
    }

    [Fact]
    public async Task The_same_page_without_the_proxy_is_refused_as_a_name_that_resolves_to_loopback()
    {
        using var host = await StartServerAsync();
        using var http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                await socket.ConnectAsync(host.Services.GetRequiredService<TPacketServer>().EndPoints[0], cancellation);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        });

        var error = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync("ws://chat.example/", "https://chat.example", http));

        Assert.Contains("403", error.Message, StringComparison.Ordinal);
    }

    private static async Task<IHost> StartServerAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTPacketServer(static options => (options.Address, options.Port, options.DrainTimeout) = ("127.0.0.1", 0, TimeSpan.Zero));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>Returns the block of the page with the server's address.</summary>
    private static string LocationOf(IHost host)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "TPacket.Net.sln")))
            folder = folder.Parent!;
        var page = File.ReadAllText(Path.Combine(folder.FullName, "docs", "configuration.md"));
        var block = Block().Match(page).Groups[1].Value;
        Assert.Contains("http://127.0.0.1:25021;", block, StringComparison.Ordinal);
        return block.Replace("127.0.0.1:25021", host.Services.GetRequiredService<TPacketServer>().EndPoints[0].ToString(), StringComparison.Ordinal);
    }

    private static async Task<ClientWebSocket> ConnectAsync(string uri, string origin, HttpMessageInvoker http)
    {
        using var deadline = new CancellationTokenSource(Deadline.Limit);
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", origin);
        try
        {
            await socket.ConnectAsync(new Uri(uri), http, deadline.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task SendAsync(ClientWebSocket socket, PacketCommand command, string text)
    {
        using var deadline = new CancellationTokenSource(Deadline.Limit);
        var data = Encoding.UTF8.GetBytes(text);
        var packet = new byte[PacketHeader.Size + data.Length];
        PacketWriter.Write(packet, uid: 1, (int)command, p1: 0, p2: 0, data);
        await socket.SendAsync(packet, WebSocketMessageType.Binary, endOfMessage: true, deadline.Token);
    }

    private static async Task<PacketCommand> ReceiveAsync(ClientWebSocket socket)
    {
        using var deadline = new CancellationTokenSource(Deadline.Limit);
        var buffer = new byte[1024];
        var message = await socket.ReceiveAsync(buffer.AsMemory(), deadline.Token);
        Assert.Equal(PacketReadStatus.Done, PacketReader.TryReadMessage(buffer.AsSpan(0, message.Count), out var header, out _));
        return (PacketCommand)header.Command;
    }

    [GeneratedRegex("```nginx\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
