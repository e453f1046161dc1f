using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text;
using TPacket.Samples.Tests.Harness;

namespace TPacket.Samples.Tests;

/// <summary>Start, stop and console of every sample that is a host.</summary>
public sealed class HostProgramTests : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(2));

    public static TheoryData<string> Hosts => [SampleProcess.ConsoleHost, SampleProcess.CustomCommands, SampleProcess.WebChat];

    [Trait("Speed", "Slow")]
    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task A_host_starts_although_no_inotify_instance_is_left(string host)
    {
        if (!InotifyLimit.IsAvailable())
            return; // Not Linux, or a machine without user namespaces: the other tests start the samples.
        string[] port = host == SampleProcess.WebChat ? ["--urls", "http://127.0.0.1:0", "--TPacket:Sqlite:Path="] : ["--TPacket:Address=127.0.0.1", "--TPacket:Port=0"];
        await using var sample = await SampleProcess.StartWithoutInotifyAsync(host, _deadline.Token, port);
        using var client = await PacketClient.ConnectAsync(Address(host, sample), _deadline.Token);
        Assert.Equal(PacketClient.RespOk, (await client.AskAsync(PacketClient.SetUserNick, "alice")).Command);

        // No instance is left: a host that watches its settings does not start, and prints the reason in one line.
        var ended = await SampleProcess.RunWithoutInotifyAsync(host, _deadline.Token, [.. port, "--hostBuilder:reloadConfigOnChange=true"]);
        Assert.Contains("inotify", OnlyLine(ended), StringComparison.Ordinal);
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [InlineData(SampleProcess.ConsoleHost)]
    [InlineData(SampleProcess.WebChat)]
    public async Task A_hangup_of_the_terminal_stops_the_host_and_closes_clients_with_1001(string host)
    {
        await using var sample = await StartAsync(host);
        using var client = await PacketClient.ConnectAsync(Address(host, sample), _deadline.Token);
        Assert.Equal(PacketClient.RespOk, (await client.AskAsync(PacketClient.SetUserNick, "alice")).Command);
        if (OperatingSystem.IsWindows())
            return;

        var stopping = sample.StopAsync(PosixSignal.SIGHUP, _deadline.Token);
        await client.ReceiveCloseAsync();
        var ended = await stopping;

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.CloseStatus);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [InlineData(SampleProcess.ConsoleHost)]
    [InlineData(SampleProcess.WebChat)]
    public async Task A_console_that_is_not_read_delays_neither_clients_nor_the_stop(string host)
    {
        const int Malformed = 1500;
        // All events are logged without a limit: several lines for each connection, more than a pipe and the console's queue hold.
        await using var sample = await StartAsync(host, "--TPacket:LogEventsPerMinute=1000000", "--Logging:LogLevel:TPacket=Debug", "--Logging:LogLevel:Microsoft.AspNetCore=Debug");
        for (var i = 0; i < Malformed; i++)
            await SendMalformedAsync(host, IPEndPoint.Parse(sample.EndPoint));

        var (client, _) = await PacketClient.EnterAsync(Address(host, sample), "alice", "lobby", _deadline.Token);
        using var alice = client;
        await alice.SendAsync(PacketClient.NewMsg, "hello");
        Assert.Equal("hello", (await alice.ReceiveAsync()).Text);
        if (OperatingSystem.IsWindows())
            return;
        var stopping = sample.StopUnreadAsync(PosixSignal.SIGTERM, _deadline.Token);
        await alice.ReceiveCloseAsync();
        Assert.Equal(0, await stopping);
    }

    [Theory]
    [InlineData(SampleProcess.ConsoleHost, "Cannot listen on {0}: ")]
    [InlineData(SampleProcess.CustomCommands, "Cannot listen on {0}: ")]
    [InlineData(SampleProcess.WebChat, "Failed to bind to address http://{0}: address already in use.")]
    [InlineData(SampleProcess.EchoServer, "Address already in use")]
    public async Task A_port_in_use_prints_one_line(string sample, string expected)
    {
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        holder.Listen();
        var taken = (IPEndPoint)holder.LocalEndPoint!;
        string[] arguments = sample switch
        {
            SampleProcess.WebChat => ["--urls", $"http://{taken}"],
            SampleProcess.EchoServer => ["--port", $"{taken.Port}"],
            _ => ["--TPacket:Address=127.0.0.1", $"--TPacket:Port={taken.Port}"],
        };

        var ended = await SampleProcess.RunAsync(sample, _deadline.Token, arguments);

        Assert.StartsWith(expected.Replace("{0}", taken.ToString(), StringComparison.Ordinal), OnlyLine(ended), StringComparison.Ordinal);
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [InlineData(SampleProcess.ConsoleHost, "--Logging:LogLevel:Default=Loud", "Loud")]
    [InlineData(SampleProcess.ConsoleHost, "--TPacket:Endpoints:0:Certificate=/nowhere/server.pem", "/nowhere/server.pem")]
    [InlineData(SampleProcess.ConsoleHost, "--TPacket:Endpoints:0:UnixSocket=/nowhere/chat.sock", "/nowhere/chat.sock")]
    [InlineData(SampleProcess.WebChat, "--urls=nonsense", "nonsense")]
    [InlineData(SampleProcess.WebChat, "--TPacket:MaxNickBytes=0", "TPacket:MaxNickBytes must be 1 to 4096, but is 0.")]
    [InlineData(SampleProcess.WebChat, "--Logging:LogLevel:Default=Loud", "Loud")]
    [InlineData(SampleProcess.EchoServer, "--port=many --port many", "many")]
    [InlineData(SampleProcess.EchoServer, "--certificate /nowhere/server.pem", "/nowhere/server.pem")]
    public async Task Any_other_error_of_the_start_prints_one_line_that_names_it(string sample, string arguments, string expected)
    {
        var ended = await SampleProcess.RunAsync(sample, _deadline.Token, arguments.Split(' '));

        Assert.Contains(expected, OnlyLine(ended), StringComparison.Ordinal);
    }

    public void Dispose() => _deadline.Dispose();

    private Task<SampleProcess> StartAsync(string host, params string[] arguments) => host == SampleProcess.WebChat
        ? SampleProcess.StartWebChatAsync(_deadline.Token, arguments)
        : SampleProcess.StartAsync(host, _deadline.Token, arguments);

    private static string Address(string host, SampleProcess sample) => host == SampleProcess.WebChat ? $"{sample.EndPoint}/chat" : sample.EndPoint;

    private static string OnlyLine(SampleProcess.Ended ended)
    {
        Assert.Equal(1, ended.ExitCode);
        Assert.DoesNotContain("   at ", ended.Output, StringComparison.Ordinal);
        return Assert.Single(ended.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    /// <summary>Upgrades, sends a message that is no packet, and reads to the end.</summary>
    private async Task SendMalformedAsync(string host, IPEndPoint server)
    {
        var path = host == SampleProcess.WebChat ? "/chat" : "/";
        var request = $"GET {path} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
        // A binary frame of one byte, masked with zeros.
        byte[] malformed = [.. Encoding.ASCII.GetBytes(request), 0x82, 0x81, 0, 0, 0, 0, 0x78];
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, _deadline.Token);
        await socket.SendAsync(malformed, _deadline.Token);
        var close = new byte[1024];
        var length = 0;
        // The head of the response, then a close frame with 1007.
        while (!close.AsSpan(0, length).EndsWith("no tPacket signature"u8))
        {
            var received = await socket.ReceiveAsync(close.AsMemory(length), _deadline.Token);
            if (received == 0)
                return;
            length += received;
        }
    }
}
