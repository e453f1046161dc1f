using System.Text;

namespace TPacket.WebSockets.Tests;

/// <summary>Upgrade requests of a client.</summary>
internal static class Requests
{
    /// <summary>The request of RFC 6455, section 1.3, without optional headers.</summary>
    public const string Plain =
        "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    /// <summary>The response to it, without a subprotocol.</summary>
    public const string Accepted =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    public static byte[] Bytes(string request) => Encoding.Latin1.GetBytes(request);

    /// <summary>Returns the plain request with a part replaced.</summary>
    public static string With(string old, string replacement)
    {
        Assert.Contains(old, Plain, StringComparison.Ordinal);
        return Plain.Replace(old, replacement, StringComparison.Ordinal);
    }

    /// <summary>Returns the plain request with additional header lines.</summary>
    public static string WithLines(params string[] lines) => Plain[..^2] + string.Concat(lines.Select(static line => line + "\r\n")) + "\r\n";
}
