using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using TPacket.AspNetCore.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Tests.Harness;

namespace TPacket.AspNetCore.Tests;

public class RefusalTests
{
    private const string Head = "Host: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n";
    private const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private const string Version = "Sec-WebSocket-Version: 13\r\n";

    [Theory]
    [InlineData("GET", "Host: a\r\n", 400, "connect with a WebSocket client")]
    [InlineData("GET", "Host: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n" + Key + Version, 400, "connect with a WebSocket client")]
    [InlineData("GET", "Host: a\r\nUpgrade: websocket\r\n" + Key + Version, 400, "Connection header")]
    [InlineData("GET", Head + Version, 400, "Sec-WebSocket-Key")]
    [InlineData("GET", Head + Version + Key + Key, 400, "Sec-WebSocket-Key")]
    [InlineData("GET", Head + Version + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j\r\n", 400, "Sec-WebSocket-Key")]
    [InlineData("GET", Head + Version + Key + "Sec-WebSocket-Protocol: a b\r\n", 400, "Sec-WebSocket-Protocol")]
    [InlineData("GET", Head + Version + Key + "Sec-WebSocket-Extensions: ;\r\n", 400, "Sec-WebSocket-Extensions")]
    [InlineData("GET", Head + Key, 426, "version 13")]
    [InlineData("GET", Head + Key + "Sec-WebSocket-Version: 8\r\n", 426, "version 13")]
    [InlineData("POST", Head + Version + Key + "Content-Length: 0\r\n", 405, "GET")]
    [InlineData("HEAD", Head + Version + Key, 405, "")]
    public async Task A_request_that_is_no_handshake_is_refused(string method, string headers, int status, string text)
    {
        await using var app = await TestApp.StartAsync();
        using var client = await RawClient.ConnectAsync(app.EndPoint);

        await client.SendAsync($"{method} /chat HTTP/1.1\r\n{headers}Connection: close\r\n\r\n");

        var head = await client.ReadHeadAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        Assert.Equal(status == 426, head.Contains("\r\nSec-WebSocket-Version: 13\r\n", StringComparison.Ordinal));
        Assert.Equal(status == 426, head.Contains("\r\nUpgrade: websocket\r\n", StringComparison.Ordinal));
        Assert.Equal(status == 405, head.Contains("\r\nAllow: GET\r\n", StringComparison.Ordinal));
        Assert.Contains(text, System.Text.Encoding.UTF8.GetString(await client.ReadToEndAsync()), StringComparison.Ordinal);
        Assert.Equal(0, app.Server.ConnectionCount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Connection: keep-alive\r\n")]
    public async Task An_upgrade_over_HTTP_1_0_is_refused(string headers)
    {
        await using var app = await TestApp.StartAsync();
        using var client = await RawClient.ConnectAsync(app.EndPoint);

        await client.SendAsync($"GET /chat HTTP/1.0\r\n{Head}{Version}{Key}{headers}\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal(0, app.Server.ConnectionCount);
    }

    [Theory]
    [InlineData("http://a/chat", "")]
    [InlineData("http://a/chat?x=1", "")]
    [InlineData("/chat", "Sec-WebSocket-Extensions:\r\n")]
    [InlineData("/chat", "Sec-WebSocket-Extensions: ,\r\n")]
    public async Task An_absolute_target_and_an_empty_list_of_extensions_are_accepted(string target, string headers)
    {
        await using var app = await TestApp.StartAsync();
        using var client = await RawClient.ConnectAsync(app.EndPoint);

        await client.SendAsync($"GET {target} HTTP/1.1\r\n{Head}{Version}{Key}{headers}\r\n");

        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chat.example", "", false, 403)]
    [InlineData("localhost", "", false, 101)]
    [InlineData("chat.example", "X-Forwarded-For: 192.0.2.1\r\n", false, 101)]
    [InlineData("chat.example", "X-Forwarded-For: 192.0.2.1\r\n", true, 101)] // The middleware removes the header.
    [InlineData("chat.example", "", true, 403)]
    public async Task At_a_loopback_address_a_page_must_request_a_loopback_name_or_connect_through_a_proxy(string host, string headers, bool middleware, int status)
    {
        await using var app = await TestApp.StartAsync(use: web =>
        {
            if (middleware)
                web.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedHost });
        });
        using var client = await RawClient.ConnectAsync(app.EndPoint);

        await client.SendAsync($"GET /chat HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{Version}{Key}{headers}\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal(status == 403, app.Logs.All.Any(static e => e.Id == 1110));
    }

    [Theory]
    [InlineData(HttpKind.Http2, "websocket", "8", HttpStatusCode.UpgradeRequired)]
    [InlineData(HttpKind.Http2, "websocket", null, HttpStatusCode.UpgradeRequired)]
    [InlineData(HttpKind.Http2OverTls, "websocket", "8", HttpStatusCode.UpgradeRequired)]
    [InlineData(HttpKind.Http2, "connect-udp", "13", HttpStatusCode.MethodNotAllowed)]
    public async Task An_extended_CONNECT_that_is_no_handshake_is_refused(HttpKind kind, string protocol, string? version, HttpStatusCode status)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var request = RawWebSocket.Request(app);
        request.Headers.Protocol = protocol;
        request.Headers.Remove("Sec-WebSocket-Version");
        if (version is not null)
            request.Headers.Add("Sec-WebSocket-Version", version);

        using var response = await app.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(status == HttpStatusCode.UpgradeRequired, response.Headers.Contains("Sec-WebSocket-Version"));
        Assert.False(response.Headers.Contains("Upgrade"));
    }

    [Fact]
    public async Task A_page_over_HTTP_2_gets_400()
    {
        await using var app = await TestApp.StartAsync(HttpKind.Http2);
        using var response = await app.SendAsync(new HttpRequestMessage(HttpMethod.Get, app.HttpUri));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("WebSocket", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpKind.Http1, "/refuse", 418)]
    [InlineData(HttpKind.Http2, "/refuse", 418)]
    [InlineData(HttpKind.Http1, "/throw", 500)]
    [InlineData(HttpKind.Http2, "/throw", 500)]
    public async Task A_handshake_policy_refuses(HttpKind kind, string query, int status)
    {
        await using var app = await TestApp.StartAsync(kind, tPacket: server => server.UseHandshakePolicy<Policy>());
        using var request = RawWebSocket.Request(app);
        request.RequestUri = new Uri(app.HttpUri, "?" + query);

        using var response = await app.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 418, response.Headers.TryGetValues("X-Why", out var why) && why.Single() == "tea: hot");
        Assert.Equal("HandshakeRefused", (await app.EndedAsync()).Values["Cause"]!.ToString());
        Assert.Equal(0, app.Server.ConnectionCount);
        // The reason is logged before the end of the connection.
        Assert.Equal(status == 500, app.Logs.All.Any(static e => e.Id == 1120 && e.Error is not null));
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task A_page_of_another_origin_is_refused_unless_it_is_allowed(HttpKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, options => options.AllowedOrigins.Add("https://friend.example"));

        foreach (var (origin, allowed) in new[] { ("https://stranger.example", false), ("https://friend.example", true), ("http://127.0.0.1:1", true) })
        {
            using var request = RawWebSocket.Request(app);
            request.Headers.Add("Origin", origin);
            using var response = await app.SendAsync(request);
            Assert.Equal(allowed, response.StatusCode is HttpStatusCode.SwitchingProtocols or HttpStatusCode.OK);
            Assert.Equal(!allowed, response.StatusCode == HttpStatusCode.Forbidden);
        }
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task A_connection_beyond_the_limit_is_refused_until_another_ends(HttpKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, options => options.MaxConnections = 1);
        await using var first = await app.JoinAsync("alice", "lobby");
        using var request = RawWebSocket.Request(app);
        using var response = await app.SendAsync(request);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("TPacket:MaxConnections", (await app.Logs.FirstAsync(e => e.Id == 1104)).Values["Setting"]);

        await first.CloseAsync();
        await app.EndedAsync();

        await using var second = await app.JoinAsync("alice", "lobby");
        Assert.Equal(1, app.Server.ConnectionCount);
    }

    private sealed class Policy : IHandshakePolicy
    {
        public ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request) => request switch
        {
            { Path: "/chat", Query.Text: "/refuse" } => new(HandshakeDecision.Refuse(418, "No coffee.", "X-Why: tea: hot")),
            _ => throw new InvalidOperationException("The policy is broken."),
        };
    }
}
