using System.Net.WebSockets;
using System.Text;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Handshake;

/// <summary>Invalid and refused upgrade requests.</summary>
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
    public async Task A_head_that_arrives_byte_by_byte_is_accepted()
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
    public async Task A_connection_that_ends_before_its_first_byte_is_released()
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
    public async Task A_page_of_an_origin_that_resembles_a_listed_one_is_refused(string origin)
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
    public async Task The_host_chooses_the_path_and_the_query_is_ignored()
    {
        await using var server = await TestServer.StartAsync(o => (o.Transport, o.Path) = (transport, "/chat"));
        using var client = await server.ConnectRawAsync();
        await client.SendAsync(RawClient.UpgradeRequest("/chat?token=x"));
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        using var root = await server.ConnectRawAsync();
        await root.SendAsync(RawClient.UpgradeRequest("/"));
        Assert.StartsWith("HTTP/1.1 404 ", await root.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://example.org:443", "https://example.org")]
    [InlineData("http://example.org:80", "http://example.org")]
    [InlineData("HTTPS://Example.ORG", "https://example.org")]
    [InlineData("https://example.org:8443", "https://example.org:8443")]
    [InlineData("https://b\u00FCcher.example", "https://xn--bcher-kva.example")]
    [InlineData("https://B\u00DCCHER.example:443", "https://xn--bcher-kva.example")]
    [InlineData("https://xn--bcher-kva.example", "https://xn--bcher-kva.example")]
    [InlineData("http://[0:0:0:0:0:0:0:2]", "http://[::2]")]
    [InlineData("null", "null")]
    [InlineData("file://", "file://")]
    [InlineData("capacitor://localhost", "capacitor://localhost")]
    [InlineData("chrome-extension://abcdef", "chrome-extension://abcdef")]
    public async Task A_listed_origin_is_compared_in_the_form_that_browsers_send(string listed, string sent)
    {
        await using var server = await TestServer.StartAsync(o => (o.Transport, o.AllowedOrigins) = (transport, [listed]));
        Assert.Equal(101, await StatusAsync(server, "chat.example", $"Origin: {sent}\r\n"));
        Assert.Equal(403, await StatusAsync(server, "chat.example", "Origin: https://other.example\r\n"));
    }

    [Theory]
    [InlineData("localhost", "http://localhost")]
    [InlineData("127.0.0.1:25021", "http://localhost:3000")]
    [InlineData("LOCALHOST:25021", "http://127.8.9.10")]
    [InlineData("[::1]:25021", "http://app.localhost:5173")]
    [InlineData("app.localhost.", "http://[::1]")]
    [InlineData("127.0.0.1", "http://[::ffff:127.0.0.1]")]
    public async Task A_page_of_one_loopback_name_can_connect_to_another(string host, string origin)
    {
        await using var server = await TestServer.StartAsync(o => o.Transport = transport);
        Assert.Equal(101, await StatusAsync(server, host, $"Origin: {origin}\r\n"));
        Assert.Equal(403, await StatusAsync(server, host, "Origin: http://localhost.evil.example\r\n"));
    }

    [Theory]
    [InlineData("evil.example", "http://evil.example")]
    [InlineData("evil.example:25021", "http://evil.example:25021")]
    [InlineData("localhost.evil.example", "http://localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example", "http://127.0.0.1.evil.example")]
    [InlineData("192.0.2.1", "http://192.0.2.1")]
    public async Task A_page_with_a_name_that_resolves_to_loopback_is_refused(string host, string origin)
    {
        await using var server = await TestServer.StartAsync(o => (o.Transport, o.AllowedOrigins) = (transport, ["https://friend.example"]));
        using var client = await server.ConnectRawAsync();
        await client.SendAsync(Request(host, $"Origin: {origin}\r\n"));

        var answer = Encoding.UTF8.GetString(await client.ReadToEndAsync());

        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Contains("TPacket:AllowedOrigins", answer, StringComparison.Ordinal);
        var logged = await server.Logs.FirstAsync(e => e.Id == 1110);
        Assert.Contains("TPacket:AllowedOrigins", logged.Message, StringComparison.Ordinal);
        Assert.Equal((host, origin), (logged.Values["Host"], logged.Values["Origin"]));
        // Clients without an origin are accepted, as other programs than browsers are.
        Assert.Equal(101, await StatusAsync(server, host, ""));
        Assert.Equal(101, await StatusAsync(server, host, "Origin: https://friend.example\r\n"));
    }

    [Fact]
    public async Task A_listed_name_of_this_server_is_accepted_with_any_scheme_and_port()
    {
        await using var server = await TestServer.StartAsync(o => (o.Transport, o.AllowedOrigins) = (transport, ["https://chat.example"]));
        Assert.Equal(101, await StatusAsync(server, "chat.example:25021", "Origin: http://chat.example:8080\r\n"));
        Assert.Equal(403, await StatusAsync(server, "chat.example:25021", "Origin: http://evil.example\r\n"));
    }

    [Theory]
    [InlineData("Forwarded: for=192.0.2.60;proto=https\r\n")]
    [InlineData("X-Forwarded-For: 192.0.2.60\r\n")]
    [InlineData("Via: 1.1 proxy\r\n")]
    public async Task A_page_of_the_host_is_accepted_if_a_header_of_the_proxy_names_the_host(string header)
    {
        await using var server = await TestServer.StartAsync(o => o.Transport = transport);
        Assert.Equal(101, await StatusAsync(server, "chat.example", $"Origin: https://chat.example\r\n{header}"));
        Assert.Equal(403, await StatusAsync(server, "chat.example", $"Origin: https://evil.example\r\n{header}"));
    }

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.7 127.0.0.1 40000 443\r\n")]
    [InlineData("PROXY UNKNOWN\r\n")]
    public async Task Behind_a_proxy_with_a_PROXY_header_a_page_of_the_host_is_accepted(string header)
    {
        await using var server = await TestServer.StartAsync(o => (o.Transport, o.Endpoints) = (transport, [new() { Address = "127.0.0.1", Port = 0, ProxyProtocol = true }]));
        using var client = await server.ConnectRawAsync();
        await client.SendAsync(header + Request("chat.example", "Origin: https://chat.example\r\n"));
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://\u00E9\u00AD")]
    [InlineData("http://xn--\u00FC")]
    [InlineData("http://[::1")]
    [InlineData("http://[%]:1")]
    [InlineData("http://a:99999999999999999999")]
    [InlineData("://")]
    [InlineData("http://")]
    [InlineData("http://:80")]
    [InlineData("http://1.2.3.4.5.6")]
    [InlineData("http://a, http://a")]
    [InlineData("nullnull")]
    [InlineData("file:///etc/passwd")]
    public async Task An_invalid_origin_is_refused_and_throws_nothing(string origin)
    {
        await using var server = await TestServer.StartAsync(o => (o.Transport, o.AllowedOrigins) = (transport, ["https://friend.example"]));
        using var client = await server.ConnectRawAsync();
        await client.SendAsync(Encoding.Latin1.GetBytes(Request("localhost", $"Origin: {origin}\r\n")));
        Assert.StartsWith("HTTP/1.1 403 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    private static string Request(string host, string extraHeaders) => RawClient.UpgradeRequest("/", extraHeaders).Replace("localhost:25021", host, StringComparison.Ordinal);

    private static async Task<int> StatusAsync(TestServer server, string host, string extraHeaders)
    {
        using var client = await server.ConnectRawAsync();
        await client.SendAsync(Request(host, extraHeaders));
        return int.Parse((await client.ReadHeadAsync()).Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
