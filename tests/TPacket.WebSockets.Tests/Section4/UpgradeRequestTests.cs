using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, sections 1.3, 4.1 and 4.2.1: requests that are accepted.</summary>
public class UpgradeRequestTests
{
    [Fact]
    public void Reads_the_example_of_section_1_3()
    {
        var request = UpgradeTranscript.ExpectRequest(
            "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + "Origin: http://example.com\r\nSec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Version: 13\r\n\r\n");

        Assert.Equal("/chat", request.Target);
        Assert.Equal("server.example.com", request.Host);
        Assert.Equal("http://example.com", request.Origin);
        Assert.Equal("dGhlIHNhbXBsZSBub25jZQ=="u8, request.Key);
        Assert.Equal(["chat", "superchat"], request.Subprotocols);
        Assert.Equal(7, request.Headers.Count());
        Assert.Equal(new("Host", "server.example.com"), request.Headers.First());
    }

    [Fact]
    public void A_request_needs_neither_origin_nor_subprotocol()
    {
        var request = UpgradeTranscript.ExpectRequest(Requests.Plain);

        Assert.Null(request.Origin);
        Assert.Empty(request.Subprotocols);
    }

    [Fact]
    public void Bytes_after_the_head_are_not_consumed()
    {
        var head = Requests.Bytes(Requests.Plain);

        var status = UpgradeTranscript.Read([[.. head, 0x81, 0x80]], out _, out var consumed, out _);

        Assert.Equal(UpgradeReadStatus.Done, status);
        Assert.Equal(head.Length, consumed);
    }

    [Fact]
    public void Names_and_tokens_are_case_insensitive() =>
        UpgradeTranscript.ExpectRequest(
            "GET / HTTP/1.1\r\nhOST: h\r\nUPGRADE: WebSocket\r\nconnection: uPGRADE\r\nSEC-WEBSOCKET-KEY: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n");

    [Theory]
    [InlineData("Connection: Upgrade", "Connection: keep-alive, Upgrade")]
    [InlineData("Connection: Upgrade", "Connection: keep-alive ,\tupgrade , x")]
    [InlineData("Connection: Upgrade", "Connection: keep-alive\r\nConnection: Upgrade")]
    [InlineData("Connection: Upgrade", "Connection: ,,Upgrade,")]
    [InlineData("Upgrade: websocket", "Upgrade: h2c, websocket")]
    [InlineData("Upgrade: websocket", "Upgrade: h2c\r\nUpgrade: websocket")]
    public void Tokens_may_be_anywhere_in_their_list(string line, string replacement) =>
        UpgradeTranscript.ExpectRequest(Requests.With(line, replacement));

    [Theory]
    [InlineData("Host:server.example.com")]
    [InlineData("Host: \t server.example.com \t ")]
    public void White_space_around_a_value_is_optional(string line) =>
        Assert.Equal("server.example.com", UpgradeTranscript.ExpectRequest(Requests.With("Host: server.example.com", line)).Host);

    [Fact]
    public void A_content_length_of_zero_is_no_body() => UpgradeTranscript.ExpectRequest(Requests.WithLines("Content-Length: 0"));

    [Fact]
    public void Repeated_headers_are_joined()
    {
        var request = UpgradeTranscript.ExpectRequest(Requests.WithLines("X-A: 1", "x-a: 2", "X-Empty:"));

        Assert.Equal("1, 2", request.GetHeader("X-a"));
        Assert.Equal("", request.GetHeader("x-empty"));
        Assert.Null(request.GetHeader("X-B"));
    }

    [Theory]
    [InlineData("chat", "chat")]
    [InlineData("chat,superchat", "chat|superchat")]
    [InlineData(" , chat ,\t, superchat,", "chat|superchat")]
    [InlineData("chat\r\nSec-WebSocket-Protocol: superchat", "chat|superchat")]
    [InlineData("", "")]
    public void Subprotocols_keep_the_order_of_preference(string value, string expected)
    {
        var request = UpgradeTranscript.ExpectRequest(Requests.WithLines($"Sec-WebSocket-Protocol: {value}"));

        Assert.Equal(expected, string.Join('|', request.Subprotocols));
    }

    [Theory]
    [InlineData("/", "/", "")]
    [InlineData("/a/b?x=1&y=?", "/a/b", "x=1&y=?")]
    [InlineData("/?", "/", "")]
    [InlineData("/%20", "/%20", "")]
    public void A_target_is_a_path_and_a_query(string target, string path, string query)
    {
        var request = UpgradeTranscript.ExpectRequest(Requests.With("/chat", target));

        Assert.Equal(target, request.Target);
        Assert.Equal(path, request.Path);
        Assert.Equal(query, request.Query.Text);
    }

    [Theory]
    [InlineData("http://other.example:8080/a?x=1", "/a?x=1", "other.example:8080")]
    [InlineData("HTTPS://other.example/", "/", "other.example")]
    [InlineData("http://other.example", "/", "other.example")]
    [InlineData("http://other.example?x=/", "/?x=/", "other.example")]
    [InlineData("ws://[::1]:80/a", "/a", "[::1]:80")]
    [InlineData("wss://other.example:/a", "/a", "other.example:")]
    public void An_absolute_target_replaces_the_Host_header(string sent, string target, string host)
    {
        var request = UpgradeTranscript.ExpectRequest(Requests.With("/chat", sent));

        Assert.Equal((target, target.Split('?')[0], host), (request.Target, request.Path, request.Host));
        Assert.Equal("server.example.com", request.GetHeader("Host"));
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\r\n\r\n\r\n")]
    public void Empty_lines_before_the_request_are_ignored(string lines) => Assert.Equal("/chat", UpgradeTranscript.ExpectRequest(lines + Requests.Plain).Target);

    [Theory]
    [InlineData("HTTP/1.2")]
    [InlineData("HTTP/1.9")]
    public void A_higher_minor_version_is_processed_as_1_1(string version) => UpgradeTranscript.ExpectRequest(Requests.With("HTTP/1.1", version));

    [Theory]
    [InlineData("localhost")]
    [InlineData("localhost:25021")]
    [InlineData("localhost:")]
    [InlineData("a_b.example.")]
    [InlineData("xn--bcher-kva.example:00443")]
    [InlineData("127.0.0.1:65535")]
    [InlineData("[::1]")]
    [InlineData("[fe80::1%25eth0]:80")]
    [InlineData("a%20b")]
    public void A_host_is_a_name_or_an_address_with_an_optional_port(string host) =>
        Assert.Equal(host, UpgradeTranscript.ExpectRequest(Requests.With("server.example.com", host)).Host);

    [Theory]
    [InlineData("Content-Length: 000")]
    [InlineData("Content-Length: 0\r\nContent-Length: 0")]
    [InlineData("Expect: 100-continue")]
    [InlineData("TE: trailers")]
    [InlineData("Upgrade: ,, websocket ,")]
    [InlineData("Sec-WebSocket-Extensions:")]
    [InlineData("Sec-WebSocket-Protocol: ,")]
    public void Unknown_headers_are_ignored(string line) => UpgradeTranscript.ExpectRequest(Requests.WithLines(line));

    [Theory]
    [InlineData("Forwarded: for=192.0.2.1")]
    [InlineData("x-forwarded-for: unknown")]
    [InlineData("Via: 1.1 proxy")]
    [InlineData("X-Original-For: 127.0.0.1:1")]
    public void A_proxys_header_marks_the_request_as_proxied(string line)
    {
        Assert.True(UpgradeTranscript.ExpectRequest(Requests.WithLines(line)).IsProxied);
        Assert.False(UpgradeTranscript.ExpectRequest(Requests.Plain).IsProxied);
    }

    [Fact]
    public void The_first_offered_subprotocol_that_is_supported_is_selected()
    {
        var request = UpgradeTranscript.ExpectRequest(Requests.WithLines("Sec-WebSocket-Protocol: a, b, c"));

        Assert.Equal("b", UpgradeDecision.Select(request, ["c", "b"]).Subprotocol);
        Assert.Null(UpgradeDecision.Select(request, ["d", "A"]).Subprotocol);
        Assert.Null(UpgradeDecision.Select(request, ["d"]).Refusal);
    }
}
