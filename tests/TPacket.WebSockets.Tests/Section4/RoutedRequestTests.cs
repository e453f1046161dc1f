using System.Security.Claims;
using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, section 4.2, and RFC 8441, section 5: requests that an HTTP server has read.</summary>
public class RoutedRequestTests
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    private static readonly KeyValuePair<string, string>[] _http1 =
        [new("Host", "a.example"), new("Upgrade", "websocket"), new("Connection", "Upgrade"), new("Sec-WebSocket-Version", "13"), new("Sec-WebSocket-Key", Key)];

    private static readonly KeyValuePair<string, string>[] _http2 = [new("Host", "a.example"), new("sec-websocket-version", "13")];

    [Fact]
    public void A_request_has_the_data_that_the_HTTP_server_has_read()
    {
        var principal = new ClaimsPrincipal();
        var head = new HttpRequestHead("GET", "/chat?x=%20", [.. _http1, new("X-A", "1"), new("X-A", "2"), new("Origin", "https://b.example")]) { Principal = principal };

        Assert.True(UpgradeRequest.TryCreate(head, out var request, out _));

        Assert.Equal(("/chat", "x=%20", "a.example", "https://b.example"), (request.Path, request.Query.Text, request.Host, request.Origin));
        Assert.Equal("1, 2", request.GetHeader("x-a"));
        Assert.True(request.IsRouted);
        Assert.Same(principal, request.Principal);
    }

    [Fact]
    public void The_response_over_HTTP_1_has_Sec_WebSocket_Accept()
    {
        var headers = Accept(new HttpRequestHead("GET", "/", [.. _http1, new("Sec-WebSocket-Protocol", "a, b")]), UpgradeDecision.AcceptWith("b"));
        Assert.Equal([new("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), new("Sec-WebSocket-Protocol", "b")], headers);
    }

    [Fact]
    public void The_response_over_HTTP_2_has_no_Sec_WebSocket_Accept()
    {
        var head = new HttpRequestHead("CONNECT", "/", [.. _http2, new("Sec-WebSocket-Extensions", "permessage-deflate")]) { IsExtendedConnect = true };
        var extensions = Assert.Single(Accept(head, UpgradeDecision.Accept, new WebSocketOptions { Compression = DeflateOptions.Default }));
        Assert.Equal("Sec-WebSocket-Extensions", extensions.Key);
        Assert.StartsWith("permessage-deflate", extensions.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_subprotocol_that_was_not_offered_throws()
    {
        Assert.True(UpgradeRequest.TryCreate(new HttpRequestHead("GET", "/", _http1), out var request, out _));
        Assert.Throws<InvalidOperationException>(() => UpgradeAcceptance.TryCreate(request, UpgradeDecision.AcceptWith("a"), WebSocketOptions.Default, out _, out _));
    }

    [Fact]
    public void An_absolute_target_sets_the_host()
    {
        Assert.True(UpgradeRequest.TryCreate(new HttpRequestHead("GET", "http://b.example?x=1", _http1) { LocalEndPoint = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 2) }, out var request, out _));
        Assert.Equal(("/?x=1", "b.example", "127.0.0.1:2"), (request.Target, request.Host, request.LocalEndPoint!.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" , ")]
    public void An_empty_list_of_extensions_requests_none(string value)
    {
        foreach (var compression in new[] { null, DeflateOptions.Default })
        {
            var head = new HttpRequestHead("GET", "/", [.. _http1, new("Sec-WebSocket-Extensions", value)]);
            Assert.Single(Accept(head, UpgradeDecision.Accept, new WebSocketOptions { Compression = compression }));
        }
    }

    [Theory]
    [InlineData("X-A", "1\r\nOrigin: https://b.example")]
    [InlineData("X-A", "1\nX: 2")]
    [InlineData("X-A", "\0")]
    [InlineData("X A", "1")]
    [InlineData("X-A: 1\r\nX-B", "2")]
    [InlineData(":path", "/")]
    [InlineData("", "1")]
    public void A_malformed_header_is_rejected(string name, string value)
    {
        Assert.False(UpgradeRequest.TryCreate(new HttpRequestHead("GET", "/", [.. _http1, new(name, value)]), out _, out var refusal));
        Assert.Equal(HttpRefusal.BadHeader, refusal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("http://")]
    [InlineData("a.example:80")]
    [InlineData("/#top")]
    [InlineData("/ HTTP/1.1\r\nX: 1")]
    [InlineData("/ü")]
    public void A_target_that_is_not_a_path_is_rejected(string target)
    {
        Assert.False(UpgradeRequest.TryCreate(new HttpRequestHead("GET", target, _http1), out _, out var refusal));
        Assert.Equal(HttpRefusal.BadRequestLine, refusal);
    }

    [Theory]
    [InlineData("POST", false, 405)]
    [InlineData("CONNECT", false, 405)]
    [InlineData("GET", false, 400)]
    [InlineData("CONNECT", true, 426)]
    public void A_request_that_is_not_a_handshake_is_rejected(string method, bool connect, int status)
    {
        var head = new HttpRequestHead(method, "/", [new("Host", "a.example")]) { IsExtendedConnect = connect };
        Assert.False(UpgradeRequest.TryCreate(head, out _, out var refusal));
        Assert.Equal(status, refusal.StatusCode);
    }

    private static IReadOnlyList<KeyValuePair<string, string>> Accept(HttpRequestHead head, UpgradeDecision decision, WebSocketOptions? options = null)
    {
        Assert.True(UpgradeRequest.TryCreate(head, out var request, out _));
        Assert.True(UpgradeAcceptance.TryCreate(request, decision, options ?? WebSocketOptions.Default, out var acceptance, out _));
        return acceptance.Headers;
    }
}
