using System.Text;
using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, section 4.1: the request that a client sends.</summary>
public class UpgradeOfferTests
{
    [Theory]
    [InlineData("ws://server.example.com/chat", "GET /chat HTTP/1.1\r\nHost: server.example.com\r\n")]
    [InlineData("ws://server.example.com", "GET / HTTP/1.1\r\nHost: server.example.com\r\n")]
    [InlineData("ws://server.example.com:80/", "GET / HTTP/1.1\r\nHost: server.example.com\r\n")]
    [InlineData("wss://server.example.com:443/", "GET / HTTP/1.1\r\nHost: server.example.com\r\n")]
    [InlineData("ws://server.example.com:443/", "GET / HTTP/1.1\r\nHost: server.example.com:443\r\n")]
    [InlineData("wss://server.example.com:9001/a%20b?q=1&r=ü", "GET /a%20b?q=1&r=%C3%BC HTTP/1.1\r\nHost: server.example.com:9001\r\n")]
    [InlineData("ws://[::1]:9001/", "GET / HTTP/1.1\r\nHost: [::1]:9001\r\n")]
    [InlineData("ws://127.0.0.1:9001/?", "GET /? HTTP/1.1\r\nHost: 127.0.0.1:9001\r\n")]
    [InlineData("ws://bücher.example/", "GET / HTTP/1.1\r\nHost: xn--bcher-kva.example\r\n")]
    public void The_request_names_the_resource_and_the_host(string uri, string beginning)
    {
        var request = Write(new Uri(uri));

        Assert.StartsWith(beginning, request, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", request, StringComparison.Ordinal);
        Assert.Equal("dGhlIHNhbXBsZSBub25jZQ=="u8, UpgradeTranscript.ExpectRequest(request).Key);
    }

    [Fact]
    public void Subprotocols_and_headers_are_sent_in_order()
    {
        var request = UpgradeTranscript.ExpectRequest(Write(
            new Uri("ws://server.example.com/"), ["chat", "superchat"], new("Origin", "http://example.com"), new("X-A", "1"), new("X-A", "2"), new("X-Latin", "é")));

        Assert.Equal(["chat", "superchat"], request.Subprotocols);
        Assert.Equal("http://example.com", request.Origin);
        Assert.Equal("1, 2", request.GetHeader("x-a"));
        Assert.Equal("é", request.GetHeader("X-Latin"));
    }

    [Theory]
    [InlineData("http://server.example.com/")]
    [InlineData("ws://server.example.com/#fragment")]
    [InlineData("/chat")]
    public void An_address_that_is_not_valid_for_a_WebSocket_throws(string uri) =>
        Assert.Throws<ArgumentException>(() => Write(new Uri(uri, UriKind.RelativeOrAbsolute)));

    [Theory]
    [InlineData("Host", "other")]
    [InlineData("connection", "close")]
    [InlineData("Sec-WebSocket-Key", "x")]
    [InlineData("Sec-WebSocket-Extensions", "x")]
    [InlineData("Content-Length", "1")]
    [InlineData("", "x")]
    [InlineData("X Y", "x")]
    [InlineData("X:", "x")]
    [InlineData("X", "a\r\nInjected: b")]
    [InlineData("X", "a\0b")]
    [InlineData("X", "\u20AC")]
    public void A_header_that_is_malformed_or_set_by_the_handshake_throws(string name, string value) =>
        Assert.Throws<ArgumentException>(() => Write(new Uri("ws://server.example.com/"), [], new KeyValuePair<string, string>(name, value)));

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a,b")]
    [InlineData("é")]
    public void A_subprotocol_that_is_not_a_token_throws(string subprotocol) =>
        Assert.Throws<ArgumentException>(() => Write(new Uri("ws://server.example.com/"), [subprotocol]));

    [Fact]
    public void Every_offer_has_a_new_key()
    {
        var keys = Enumerable.Range(0, 100).Select(static _ => UpgradeOffer.Create([], null).Key).ToHashSet();

        Assert.Equal(100, keys.Count);
        Assert.All(keys, static key => Assert.Equal(16, Convert.FromBase64String(key).Length));
    }

    private static string Write(Uri uri, string[]? subprotocols = null, params KeyValuePair<string, string>[] headers) =>
        Encoding.Latin1.GetString(UpgradeOffer.Create("dGhlIHNhbXBsZSBub25jZQ==", subprotocols ?? []).WriteRequest(uri, headers));
}
