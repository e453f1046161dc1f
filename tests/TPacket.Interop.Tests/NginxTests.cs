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
    public async Task A_page_of_the_proxys_name_is_accepted_and_another_page_is_refused()
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

    [Fact]
    public async Task Connections_are_spread_over_several_servers()
    {
        using var first = await StartServerAsync("/rooms");
        using var second = await StartServerAsync("/rooms");
        using var third = await StartServerAsync("/rooms");
        TPacketServer[] servers = [.. from host in (IHost[])[first, second, third] select host.Services.GetRequiredService<TPacketServer>()];
        await using var proxy = await NginxProcess.StartAsync(nginx.Path, listen => BlockOf("scaling.md",
        [
            ("listen 443 ssl;", listen),
            .. servers.Select(static (server, i) => ($"10.0.0.1{i + 1}:25021", server.EndPoints[0].ToString()!)),
        ]));
        using var http = proxy.CreateHttp();

        using var one = await ConnectAsync("ws://chat.example/rooms", "https://chat.example", http);
        using var two = await ConnectAsync("ws://chat.example/rooms", "https://chat.example", http);
        using var three = await ConnectAsync("ws://chat.example/rooms", "https://chat.example", http);

        Assert.All(servers, static server => Assert.Equal(1, server.ConnectionCount));
    }

    private static async Task<IHost> StartServerAsync(string path = "/")
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTPacketServer(options => (options.Address, options.Port, options.Path, options.DrainTimeout) = ("127.0.0.1", 0, path, TimeSpan.Zero));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>Returns the block of the page about one server, with the server's address.</summary>
    private static string LocationOf(IHost host) => BlockOf("configuration.md", ("127.0.0.1:25021", host.Services.GetRequiredService<TPacketServer>().EndPoints[0].ToString()!));

    /// <summary>Returns the configuration of nginx in a page of docs/ after replacements.</summary>
    private static string BlockOf(string page, params (string Text, string Replacement)[] replacements)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "TPacket.Net.sln")))
            folder = folder.Parent!;
        var block = Block().Match(File.ReadAllText(Path.Combine(folder.FullName, "docs", page))).Groups[1].Value;
        foreach (var (text, replacement) in replacements)
        {
            Assert.Contains(text, block, StringComparison.Ordinal);
            block = block.Replace(text, replacement, StringComparison.Ordinal);
        }

        return block;
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
