using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, sections 4.2.1, 4.2.2 and 4.4, and RFC 9112: requests that are rejected, each with its status.</summary>
public class UpgradeRefusalTests
{
    private const string Host = "Host: server.example.com\r\n";
    private const string KeyLine = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

    [Fact]
    public void A_refusal_without_a_response_is_an_error_of_the_caller()
    {
        Assert.Throws<ArgumentNullException>(static () => UpgradeDecision.Refuse(null!));
        Assert.Throws<ArgumentNullException>(static () => UpgradeDecision.AcceptWith(null!));
    }

    [Fact]
    public void The_response_to_HEAD_has_no_body()
    {
        foreach (var request in new[] { Requests.With("GET", "HEAD"), Requests.With("GET", "\r\nHEAD"), Requests.With("GET /chat HTTP/1.1", "HEAD / HTTP/1.0") })
        {
            UpgradeTranscript.Read([Requests.Bytes(request)], out _, out _, out var refusal);
            var answer = System.Text.Encoding.UTF8.GetString(UpgradeResponseWriter.Refused(refusal!, DateTimeOffset.UnixEpoch));
            Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
            // The headers of the response to GET.
            Assert.Contains($"\r\nContent-Length: {refusal!.Text.Length + 1}\r\n", answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    [InlineData("get")]
    [InlineData("GETS")]
    public void Other_methods_are_405(string method) => UpgradeTranscript.ExpectRefusal(Requests.With("GET", method), 405);

    [Theory]
    [InlineData("HTTP/1.0")]
    [InlineData("HTTP/2.0")]
    [InlineData("HTTP/1.10")]
    [InlineData("HTTP/1.x")]
    [InlineData("HTTP/0.9")]
    [InlineData("HTTP/11")]
    [InlineData("http/1.1")]
    [InlineData("HTTP/")]
    [InlineData("")]
    public void Other_versions_of_HTTP_are_400(string version) => UpgradeTranscript.ExpectRefusal(Requests.With("HTTP/1.1", version), 400);

    [Theory]
    [InlineData("GET /chat HTTP/1.1", "GET")]
    [InlineData("GET /chat HTTP/1.1", "GET ")]
    [InlineData("GET /chat HTTP/1.1", "GET /chat")]
    [InlineData("GET /chat HTTP/1.1", "GET  /chat HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "GET /chat  HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "GET /chat HTTP/1.1 ")]
    [InlineData("GET /chat HTTP/1.1", "GET /ch at HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "GET\t/chat HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "GET /ch\u0001at HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "GET /chat HTTP/1.1\u0001")]
    [InlineData("GET /chat HTTP/1.1", "GET /ch\u00E9t HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "GET chat HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "GET * HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "GET /chat#top HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "GET server.example.com:80 HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "GET http: HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "GET http:///chat HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "GET http://alice@server.example.com/chat HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "GET http://server.example.com:x/chat HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "GET http://server.example.com/chat#top HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "GET ftp://server.example.com/chat HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", " GET /chat HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "G:T /chat HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "\r\n GET /chat HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "\nGET /chat HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "\rGET /chat HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "\r\n\rGET /chat HTTP/1.1")]
    [InlineData("GET /chat HTTP/1.1", "\r\n\u0016\u0003\u0001")]
    [InlineData("GET /chat HTTP/1.1", "")]
    public void A_malformed_request_line_is_400(string line, string replacement) => UpgradeTranscript.ExpectRefusal(Requests.With(line, replacement), 400);

    [Theory]
    [InlineData(Host, "")]
    [InlineData(Host, Host + Host)]
    [InlineData(Host, Host + "host: other\r\n")]
    [InlineData(Host, "Host:\r\n")]
    [InlineData(Host, "Host: :80\r\n")]
    [InlineData(Host, "Host: a b\r\n")]
    [InlineData(Host, "Host: a, b\r\n")]
    [InlineData(Host, "Host: a/b\r\n")]
    [InlineData(Host, "Host: alice@a\r\n")]
    [InlineData(Host, "Host: a?b\r\n")]
    [InlineData(Host, "Host: a#b\r\n")]
    [InlineData(Host, "Host: a\\b\r\n")]
    [InlineData(Host, "Host: http://a\r\n")]
    [InlineData(Host, "Host: b\u00FCcher.example\r\n")]
    [InlineData(Host, "Host: a:b\r\n")]
    [InlineData(Host, "Host: a:80:80\r\n")]
    [InlineData(Host, "Host: a:65536\r\n")]
    [InlineData(Host, "Host: a:-1\r\n")]
    [InlineData(Host, "Host: ::1\r\n")]
    [InlineData(Host, "Host: []\r\n")]
    [InlineData(Host, "Host: [::1\r\n")]
    [InlineData(Host, "Host: [::1]a\r\n")]
    [InlineData(Host, "Host: [::g]\r\n")]
    [InlineData(Host, "Host: [%eth0]\r\n")]
    [InlineData(Host, "Host: [::1%/]\r\n")]
    public void No_host_or_more_than_one_or_a_malformed_one_is_400(string line, string replacement) => UpgradeTranscript.ExpectRefusal(Requests.With(line, replacement), 400);

    [Theory]
    [InlineData("Host : server.example.com")]
    [InlineData("Host\t: server.example.com")]
    [InlineData(" Host: server.example.com")]
    [InlineData(": server.example.com")]
    [InlineData("Host server.example.com")]
    [InlineData("Ho(st: server.example.com")]
    [InlineData("Host: server\0example.com")]
    [InlineData("Host: server\nexample.com")]
    [InlineData("Host: server\rexample.com")]
    [InlineData("Host: server\u007Fexample.com")]
    [InlineData("Host: server.example.com\r\n folded: line")]
    [InlineData("Host: server.example.com\r\n\tfolded")]
    public void A_malformed_header_line_is_400(string line) =>
        UpgradeTranscript.ExpectRefusal(Requests.With("Host: server.example.com", line), 400);

    [Theory]
    [InlineData("Content-Length: 1")]
    [InlineData("Content-Length: x")]
    [InlineData("Content-Length: 01")]
    [InlineData("Content-Length: +0")]
    [InlineData("Content-Length:")]
    [InlineData("Content-Length: 0\r\nContent-Length: 1")]
    [InlineData("Transfer-Encoding: identity")]
    [InlineData("Transfer-Encoding: chunked")]
    public void A_body_is_400(string line) => UpgradeTranscript.ExpectRefusal(Requests.WithLines(line), 400);

    [Theory]
    [InlineData("Upgrade: websocket\r\n", "")]
    [InlineData("Upgrade: websocket", "Upgrade: h2c")]
    [InlineData("Upgrade: websocket", "Upgrade: websockets")]
    [InlineData("Upgrade: websocket", "Upgrade: web socket")]
    public void A_request_without_an_upgrade_to_websocket_is_426(string line, string replacement) =>
        ExpectUpgradeRequired(Requests.With(line, replacement));

    [Theory]
    [InlineData("Connection: Upgrade\r\n", "")]
    [InlineData("Connection: Upgrade", "Connection: keep-alive")]
    [InlineData("Connection: Upgrade", "Connection: keep-alive Upgrade")]
    public void A_connection_header_without_upgrade_is_400(string line, string replacement) =>
        UpgradeTranscript.ExpectRefusal(Requests.With(line, replacement), 400);

    [Theory]
    [InlineData("Sec-WebSocket-Version: 13\r\n", "")]
    [InlineData("Version: 13", "Version: 8")]
    [InlineData("Version: 13", "Version: 014")]
    [InlineData("Version: 13", "Version: 013")]
    [InlineData("Version: 13", "Version: 13, 8")]
    [InlineData("Version: 13", "Version: 13\r\nSec-WebSocket-Version: 13")]
    [InlineData("Version: 13", "Version: 8\r\nSec-WebSocket-Version: 13")]
    public void Another_version_of_the_protocol_is_426(string line, string replacement) => ExpectUpgradeRequired(Requests.With(line, replacement));

    [Theory]
    [InlineData(KeyLine + "\r\n", "")]
    [InlineData(KeyLine, KeyLine + "\r\n" + KeyLine)]
    [InlineData(KeyLine, "Sec-WebSocket-Key:")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ===")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZWQ=")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZWVl")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQAA")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j*Q==")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBs ZSBub25jZQ=")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==")]
    public void A_missing_repeated_or_malformed_key_is_400(string line, string replacement) =>
        UpgradeTranscript.ExpectRefusal(Requests.With(line, replacement), 400);

    [Theory]
    [InlineData("Sec-WebSocket-Protocol: a b")]
    [InlineData("Sec-WebSocket-Protocol: a, \"b\"")]
    [InlineData("Sec-WebSocket-Protocol: a/1")]
    public void A_malformed_subprotocol_is_400(string line) => UpgradeTranscript.ExpectRefusal(Requests.WithLines(line), 400);

    [Theory]
    [InlineData("00 00 00 00 00 00")]
    [InlineData("82 80 00 00 00 00")]
    [InlineData("ff fe 47 00 45 00")]
    [InlineData("0a 47 45 54")]
    [InlineData("47 45 54 00")]
    [InlineData("47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0a 48")]
    [InlineData("47 45 54 20 2f 0d 47")]
    public void Garbage_is_400_before_it_ends(string hex) => UpgradeTranscript.ExpectRefusal(Hex.Bytes(hex), 400);

    [Fact]
    public void Lines_that_end_with_a_bare_line_feed_are_400() =>
        UpgradeTranscript.ExpectRefusal(Requests.Plain.Replace("\r\n", "\n", StringComparison.Ordinal), 400);

    [Theory]
    [InlineData("16")]
    [InlineData("16 03 01 02 00 01 00 01 fc 03 03")]
    [InlineData("16 03 01 02 00 01 0d 0a 0d 0a 00")]
    public void A_TLS_client_hello_is_detected_by_its_first_byte(string hex)
    {
        foreach (var pieces in Splits.Of(Hex.Bytes(hex)))
            Assert.Equal(UpgradeReadStatus.Tls, UpgradeTranscript.Read(pieces, out _, out _, out _));
    }

    private static void ExpectUpgradeRequired(string request)
    {
        UpgradeTranscript.ExpectRefusal(request, 426);
        UpgradeTranscript.Read([Requests.Bytes(request)], out _, out _, out var refusal);
        Assert.Equal("Sec-WebSocket-Version: 13", refusal!.Header);
    }
}
