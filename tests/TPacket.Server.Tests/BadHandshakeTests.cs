using System.Net.WebSockets;
using System.Text;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests;

/// <summary>Requests that are no upgrade, or none that is welcome.</summary>
public abstract class BadHandshakeTests(TransportKind transport)
{
    public static TheoryData<string, string, int> Requests => new()
    {
        { "garbage", "\u0001\u0002\u0003 garbage\r\n\r\n", 400 },
        { "no HTTP", "HELO example.org\r\n\r\n", 400 },
        { "POST", RawClient.UpgradeRequest().Replace("GET", "POST", StringComparison.Ordinal), 405 },
        { "a page's request", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 426 },
        { "another path", RawClient.UpgradeRequest("/other"), 404 },
        { "a foreign origin", RawClient.UpgradeRequest("/", "Origin: https://evil.example\r\n"), 403 },
        { "a sandboxed page", RawClient.UpgradeRequest("/", "Origin: null\r\n"), 403 },
        { "a header line too many", RawClient.UpgradeRequest("/", string.Concat(Enumerable.Range(0, 65).Select(i => $"X-{i}: x\r\n"))), 431 },
        { "an endless head", RawClient.UpgradeRequest("/", "X-Long: " + new string('x', 10_000) + "\r\n"), 431 },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_bad_request_gets_its_status_and_costs_its_connection(string what, string request, int status)
    {
        await using var server = await TestServer.StartAsync(o => o.Transport = transport);
        await using var witness = await server.JoinAsync("witness", "room");
        using var hostile = await server.ConnectRawAsync();
        await hostile.SendUntilRefusedAsync(Encoding.Latin1.GetBytes(request));
        var answer = await hostile.ReadHeadAsync();
        hostile.Reset();
        Assert.True(answer.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), $"{what}: {answer}");
        await server.Metrics.Measurements.FirstAsync(m => m.EndedBy("HandshakeRefused"));
        await witness.SayAsync("still here");
    }

    [Fact]
    public async Task A_head_one_byte_at_a_time_is_a_head()
    {
        await using var server = await TestServer.StartAsync(o => o.Transport = transport);
        using var slow = await server.ConnectRawAsync();
        foreach (var c in Encoding.ASCII.GetBytes(RawClient.UpgradeRequest()))
            await slow.SendAsync(c);
        Assert.StartsWith("HTTP/1.1 101 ", await slow.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tls_hello_on_the_plain_port_is_closed_and_named()
    {
        await using var server = await TestServer.StartAsync(o => o.Transport = transport);
        await using var witness = await server.JoinAsync("witness", "room");
        using var client = await server.ConnectRawAsync();
        await client.SendAsync([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03, .. new byte[505]]);
        Assert.Empty(await client.ReadToEndAsync());
        Assert.True((await server.EndedAsync()).Is(1102, "Cause", "TlsOnPlainPort"));
        Assert.Contains(server.Metrics.Measurements.All, m => m.EndedBy("TlsOnPlainPort"));
        await witness.SayAsync("still here");
    }

    [Fact]
    public async Task A_connection_that_ends_before_it_says_anything_is_forgotten()
    {
        await using var server = await TestServer.StartAsync(o => o.Transport = transport);
        using (var client = await server.ConnectRawAsync())
            client.ShutdownSend();
        Assert.True((await server.EndedAsync()).Is(1101, "Cause", "EndOfStream"));
        using (var client = await server.ConnectRawAsync())
        {
            await client.SendAsync("GET / HT");
            client.Reset();
        }

        await server.EndedAsync(2);
        Assert.Equal(0, server.Server.ConnectionCount);
    }

    [Fact]
    public async Task A_refused_origin_is_logged_with_the_setting_that_allows_it()
    {
        await using var server = await TestServer.StartAsync(o => o.Transport = transport);
        await Assert.ThrowsAsync<WebSocketException>(() => server.ConnectAsync("https://evil.example"));
        var logged = await server.Logs.FirstAsync(e => e.Id == 1103);
        Assert.Contains("TPacket:AllowedOrigins", logged.Message, StringComparison.Ordinal);
        Assert.Contains("https://evil.example", logged.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("https://127.0.0.1:8443")]
    [InlineData("https://chat.example")]
    [InlineData("https://CHAT.example")]
    [InlineData("http://chat.example:8080")]
    public async Task A_page_of_the_same_host_or_of_a_listed_origin_is_accepted(string origin)
    {
        await using var server = await TestServer.StartAsync(o => (o.Transport, o.AllowedOrigins) = (transport, ["https://chat.example", "http://chat.example:8080"]));
        await using var client = await server.ConnectAsync(origin);
        await client.SignInAsync("page");
    }

    [Theory]
    [InlineData("http://chat.example")]
    [InlineData("https://chat.example:8443")]
    [InlineData("https://chat.example.evil.example")]
    [InlineData("https://127.0.0.1.evil.example")]
    [InlineData("https://evil.example/127.0.0.1")]
    [InlineData("null")]
    [InlineData("")]
    public async Task A_page_of_an_origin_that_only_looks_like_a_listed_one_is_refused(string origin)
    {
        await using var server = await TestServer.StartAsync(o => (o.Transport, o.AllowedOrigins) = (transport, ["https://chat.example"]));
        using var client = await server.ConnectRawAsync();
        await client.SendAsync(RawClient.UpgradeRequest("/", $"Origin: {origin}\r\n"));
        Assert.StartsWith("HTTP/1.1 403 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_star_accepts_every_origin()
    {
        await using var server = await TestServer.StartAsync(o => (o.Transport, o.AllowedOrigins) = (transport, ["*"]));
        await using var client = await server.ConnectAsync("null");
        await client.SignInAsync("page");
    }

    [Fact]
    public async Task The_path_is_the_hosts_to_choose_and_a_query_does_not_matter()
    {
        await using var server = await TestServer.StartAsync(o => (o.Transport, o.Path) = (transport, "/chat"));
        using var client = await server.ConnectRawAsync();
        await client.SendAsync(RawClient.UpgradeRequest("/chat?token=x"));
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        using var root = await server.ConnectRawAsync();
        await root.SendAsync(RawClient.UpgradeRequest("/"));
        Assert.StartsWith("HTTP/1.1 404 ", await root.ReadHeadAsync(), StringComparison.Ordinal);
    }
}
