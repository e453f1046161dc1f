using System.Text;
using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, sections 4.2.2 and 4.4: a server's responses.</summary>
public class UpgradeResponseWriterTests
{
    private static readonly DateTimeOffset _now = new(1994, 11, 6, 10, 49, 37, TimeSpan.FromHours(2));

    [Fact]
    public void Answers_the_key_of_the_example()
    {
        var response = new byte[160];

        var length = UpgradeResponseWriter.WriteAccepted(response, "dGhlIHNhbXBsZSBub25jZQ=="u8, subprotocol: null);

        Assert.Equal(Requests.Accepted, Encoding.ASCII.GetString(response, 0, length));
    }

    [Fact]
    public void Names_the_chosen_subprotocol()
    {
        var response = new byte[160 + 4];

        var length = UpgradeResponseWriter.WriteAccepted(response, "dGhlIHNhbXBsZSBub25jZQ=="u8, "chat");

        Assert.Equal(Requests.Accepted[..^2] + "Sec-WebSocket-Protocol: chat\r\n\r\n", Encoding.ASCII.GetString(response, 0, length));
    }

    [Fact]
    public void A_rejection_is_a_complete_response_and_closes_the_connection() =>
        Assert.Equal(
            "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nNé.\n",
            Encoding.UTF8.GetString(UpgradeResponseWriter.Refused(new HttpRefusal(403, "Né."), _now)));

    [Fact]
    public void A_426_names_the_version_and_the_protocol_to_upgrade_to()
    {
        var response = Encoding.UTF8.GetString(UpgradeResponseWriter.Refused(HttpRefusal.BadWebSocketVersion, _now));

        Assert.StartsWith("HTTP/1.1 426 Upgrade Required\r\n", response, StringComparison.Ordinal);
        Assert.Contains("\r\nSec-WebSocket-Version: 13\r\n", response, StringComparison.Ordinal);
        Assert.Contains("\r\nUpgrade: websocket\r\n", response, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: Upgrade, close\r\n", response, StringComparison.Ordinal);
    }

    [Fact]
    public void A_405_names_the_allowed_method() =>
        Assert.Contains("\r\nAllow: GET\r\n", Encoding.UTF8.GetString(UpgradeResponseWriter.Refused(HttpRefusal.BadMethod, _now)), StringComparison.Ordinal);

    [Theory]
    [InlineData(408, "Request Timeout")]
    [InlineData(431, "Request Header Fields Too Large")]
    [InlineData(500, "Internal Server Error")]
    [InlineData(599, "Refused")]
    public void Every_status_has_a_phrase(int statusCode, string phrase) =>
        Assert.StartsWith(
            $"HTTP/1.1 {statusCode} {phrase}\r\n", Encoding.UTF8.GetString(UpgradeResponseWriter.Refused(new HttpRefusal(statusCode, "x"), _now)), StringComparison.Ordinal);
}
