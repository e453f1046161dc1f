using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, section 4.1: the response that a client accepts.</summary>
public class UpgradeResponseReaderTests
{
    private const string Upgrade = "Upgrade: websocket\r\n";
    private const string Connection = "Connection: Upgrade\r\n";
    private const string Accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

    private static readonly UpgradeOffer _offer = UpgradeOffer.Create("dGhlIHNhbXBsZSBub25jZQ==", ["chat", "superchat"]);

    [Theory]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n" + Upgrade + Connection + Accept + "\r\n", null)]
    [InlineData("HTTP/1.1 101\r\n" + Upgrade + Connection + Accept + "\r\n", null)]
    [InlineData("HTTP/1.1 101 \r\n" + Upgrade + Connection + Accept + "\r\n", null)]
    [InlineData("HTTP/1.1 101 Web Socket\r\nupgrade:WebSocket\r\nCONNECTION: keep-alive , upgrade\r\n" + Accept + "Server: x\r\n\r\n", null)]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n" + Upgrade + Connection + Accept + "Sec-WebSocket-Protocol: superchat\r\n\r\n", "superchat")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n" + Upgrade + Connection + Accept + "\r\n", null)]
    public void A_response_that_matches_the_offer_is_accepted(string text, string? expected)
    {
        foreach (var pieces in Splits.Of(Requests.Bytes(text)))
        {
            Assert.Equal(ResponseReadStatus.Accepted, Read(pieces, out var response, out var agreement, out var consumed, out _));
            Assert.Equal((101, expected, text.Length), (response!.StatusCode, agreement.Subprotocol, consumed));
        }
    }

    [Theory]
    // The status line.
    [InlineData("HTTP/1.0 101 Switching Protocols", "the answer is not HTTP/1.1")]
    [InlineData("HTTP/2 101", "the answer is not HTTP/1.1")]
    [InlineData("SSH-2.0-OpenSSH", "the answer is not HTTP/1.1")]
    [InlineData("HTTP/1.1  101 Switching Protocols", "the status line is malformed")]
    [InlineData("HTTP/1.1 10 Switching Protocols", "the status line is malformed")]
    [InlineData("HTTP/1.1 1010 Switching Protocols", "the status line is malformed")]
    [InlineData("HTTP/1.1 001 Switching Protocols", "the status line is malformed")]
    [InlineData("HTTP/1.1 101 Switching\u0001Protocols", "the status line is malformed")]
    public void A_malformed_status_line_is_a_violation(string line, string violation) => Expect($"{line}\r\n{Upgrade}{Connection}{Accept}\r\n", violation);

    [Theory]
    [InlineData(Connection + Accept, "the Upgrade header is not websocket")]
    [InlineData("Upgrade: h2c\r\n" + Connection + Accept, "the Upgrade header is not websocket")]
    [InlineData("Upgrade: websocket, h2c\r\n" + Connection + Accept, "the Upgrade header is not websocket")]
    [InlineData(Upgrade + Upgrade + Connection + Accept, "the Upgrade header is not websocket")]
    [InlineData(Upgrade + Accept, "the Connection header has no Upgrade")]
    [InlineData(Upgrade + "Connection: keep-alive\r\n" + Accept, "the Connection header has no Upgrade")]
    [InlineData(Upgrade + Connection, "the Sec-WebSocket-Accept header does not answer the key")]
    [InlineData(Upgrade + Connection + Accept + Accept, "the Sec-WebSocket-Accept header does not answer the key")]
    [InlineData(Upgrade + Connection + "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", "the Sec-WebSocket-Accept header does not answer the key")]
    [InlineData(Upgrade + Connection + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo\r\n", "the Sec-WebSocket-Accept header does not answer the key")]
    [InlineData(Upgrade + Connection + "Sec-WebSocket-Accept: dGhlIHNhbXBsZSBub25jZQ==\r\n", "the Sec-WebSocket-Accept header does not answer the key")]
    [InlineData(Upgrade + Connection + Accept + "Sec-WebSocket-Extensions:\r\n", "an extension that the client did not offer")]
    [InlineData(Upgrade + Connection + Accept + "Sec-WebSocket-Extensions: permessage-deflate\r\n", "an extension that the client did not offer")]
    [InlineData(Upgrade + Connection + Accept + "Sec-WebSocket-Protocol: other\r\n", "a subprotocol that the client did not offer")]
    [InlineData(Upgrade + Connection + Accept + "Sec-WebSocket-Protocol: Chat\r\n", "a subprotocol that the client did not offer")]
    [InlineData(Upgrade + Connection + Accept + "Sec-WebSocket-Protocol: chat, superchat\r\n", "a subprotocol that the client did not offer")]
    [InlineData(Upgrade + Connection + Accept + "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: chat\r\n", "a subprotocol that the client did not offer")]
    [InlineData(Upgrade + Connection + Accept + "Sec-WebSocket-Protocol:\r\n", "a subprotocol that the client did not offer")]
    [InlineData(Upgrade + Connection + Accept + "Broken\r\n", "a header line is malformed")]
    [InlineData(Upgrade + Connection + Accept + " folded: x\r\n", "a header line is malformed")]
    [InlineData(Upgrade + Connection + Accept + "X : y\r\n", "a header line is malformed")]
    public void A_response_to_another_request_is_a_violation(string headers, string violation) => Expect($"HTTP/1.1 101 Switching Protocols\r\n{headers}\r\n", violation);

    [Theory]
    [InlineData("HTTP/1.1 403 Forbidden\r\n\r\n", 403, "Forbidden", "")]
    [InlineData("HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nnever\nmore", 403, "Forbidden", "never\n")]
    [InlineData("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, "", "")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: x\r\n\r\n", 302, "Found", "")]
    [InlineData("HTTP/1.1 426 Upgrade Required\r\n" + Upgrade + Connection + Accept + "\r\n", 426, "Upgrade Required", "")]
    public void Another_status_is_a_rejection_with_its_body(string text, int status, string phrase, string body)
    {
        foreach (var pieces in Splits.Of(Requests.Bytes(text)))
        {
            Assert.Equal(ResponseReadStatus.Refused, Read(pieces, out var response, out _, out _, out _));
            Assert.Equal((status, phrase, body), (response!.StatusCode, response.ReasonPhrase, response.Body));
        }
    }

    [Fact]
    public void A_body_is_truncated_at_the_limit()
    {
        const string head = "HTTP/1.1 500 Oh\r\nContent-Length: 100000000\r\n\r\n";
        var text = head + new string('x', 1000);

        Assert.Equal(ResponseReadStatus.NeedMore, Read([Requests.Bytes(text[..^1])], out _, out _, out _, out _, maxLength: text.Length));
        Assert.Equal(ResponseReadStatus.Refused, Read([Requests.Bytes(text)], out var response, out _, out _, out _, maxLength: text.Length));
        Assert.Equal(1000, response!.Body.Length);
    }

    [Fact]
    public void A_head_over_the_limit_is_a_violation()
    {
        var text = $"HTTP/1.1 101 Switching Protocols\r\n{Upgrade}{Connection}{Accept}\r\n";
        Assert.Equal(ResponseReadStatus.Accepted, Read([Requests.Bytes(text)], out _, out _, out _, out _, maxLength: text.Length));
        Assert.Equal(ResponseReadStatus.Violation, Read([Requests.Bytes(text)], out _, out _, out _, out var violation, maxLength: text.Length - 1));
        Assert.Equal("the response head is too long", violation);
        Assert.Equal(ResponseReadStatus.Violation, Read([Requests.Bytes(text)], out _, out _, out _, out violation, maxHeaders: 2));
        Assert.Equal("the response has too many header lines", violation);
    }

    [Fact]
    public void Interim_responses_count_towards_the_limit()
    {
        var endless = string.Concat(Enumerable.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 100));
        Assert.Equal(ResponseReadStatus.Violation, Read([Requests.Bytes(endless)], out _, out _, out _, out _, maxLength: 1024));
    }

    private static void Expect(string text, string violation)
    {
        foreach (var pieces in Splits.Of(Requests.Bytes(text)))
        {
            Assert.Equal(ResponseReadStatus.Violation, Read(pieces, out _, out _, out _, out var found));
            Assert.Equal(violation, found);
        }
    }

    private static ResponseReadStatus Read(
        byte[][] pieces, out UpgradeResponse? response, out UpgradeAgreement agreement, out int consumed, out string? violation, int maxLength = 8192, int maxHeaders = 64)
    {
        var arrived = new List<byte>();
        ResponseReadStatus status;
        var next = 0;
        do
        {
            arrived.AddRange(pieces[next++]);
            status = UpgradeResponseReader.TryRead([.. arrived], _offer, maxLength, maxHeaders, out response, out agreement, out consumed, out violation);
        }
        while (status == ResponseReadStatus.NeedMore && next < pieces.Length);
        return status;
    }
}
