using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TPacket.WebSockets.Handshake;

/// <summary>Writes a server's responses to upgrade requests (RFC 6455, section 4.2.2).</summary>
internal static class UpgradeResponseWriter
{
    /// <summary>Maximum length in bytes of a response of status 101, without the values of subprotocol and extensions.</summary>
    public const int AcceptedLength = 224;

    /// <summary>Length in bytes of the value of <c>Sec-WebSocket-Accept</c>.</summary>
    public const int AcceptLength = 28;

    private static ReadOnlySpan<byte> Guid => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>Writes a response of status 101.</summary>
    /// <param name="destination">A buffer of at least <see cref="AcceptedLength"/> bytes plus the lengths of subprotocol and extensions.</param>
    /// <param name="key">The request's <c>Sec-WebSocket-Key</c>.</param>
    /// <param name="subprotocol">The negotiated subprotocol, or null.</param>
    /// <param name="extensions">The value of <c>Sec-WebSocket-Extensions</c>; empty for none.</param>
    /// <returns>Number of bytes written.</returns>
    public static int WriteAccepted(Span<byte> destination, ReadOnlySpan<byte> key, string? subprotocol, ReadOnlySpan<byte> extensions = default)
    {
        var position = Append(destination, 0, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "u8);
        WriteAccept(destination.Slice(position, AcceptLength), key);
        position += AcceptLength;
        if (subprotocol is not null)
        {
            position = Append(destination, position, "\r\nSec-WebSocket-Protocol: "u8);
            position += Encoding.ASCII.GetBytes(subprotocol, destination[position..]);
        }

        if (!extensions.IsEmpty)
        {
            position = Append(destination, position, "\r\nSec-WebSocket-Extensions: "u8);
            position = Append(destination, position, extensions);
        }

        return Append(destination, position, "\r\n\r\n"u8);
    }

    /// <summary>Returns the error response to a request that is not upgraded.</summary>
    /// <param name="refusal">The status and the text.</param>
    /// <param name="now">The value of the <c>Date</c> header (RFC 9110, section 6.6.1).</param>
    public static byte[] Refused(HttpRefusal refusal, DateTimeOffset now)
    {
        var body = refusal.Text + "\n";
        var upgrade = refusal.StatusCode == 426 ? "Upgrade: websocket\r\nConnection: Upgrade, close\r\n" : "Connection: close\r\n";
        var header = refusal.Header is null ? "" : refusal.Header + "\r\n";
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {refusal.StatusCode} {Phrase(refusal.StatusCode)}\r\n{upgrade}{header}Date: {now:R}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{(refusal.HasNoBody ? "" : body)}"));
    }

    /// <summary>Writes the value of <c>Sec-WebSocket-Accept</c> (section 4.2.2, step 5.4).</summary>
    internal static void WriteAccept(Span<byte> destination, ReadOnlySpan<byte> key)
    {
        Span<byte> input = stackalloc byte[24 + 36];
        key.CopyTo(input);
        Guid.CopyTo(input[24..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6455 requires SHA-1; no secret depends on it.
        SHA1.HashData(input, hash);
#pragma warning restore CA5350
        Base64.EncodeToUtf8(hash, destination, out _, out _);
    }

    private static int Append(Span<byte> destination, int position, ReadOnlySpan<byte> text)
    {
        text.CopyTo(destination[position..]);
        return position + text.Length;
    }

    private static string Phrase(int statusCode) => statusCode switch
    {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        426 => "Upgrade Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Refused",
    };
}
