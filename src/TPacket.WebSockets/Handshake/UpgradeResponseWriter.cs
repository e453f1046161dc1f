using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TPacket.WebSockets.Handshake;

/// <summary>Writes the server's side of the opening handshake (RFC 6455, section 4.2.2).</summary>
internal static class UpgradeResponseWriter
{
    /// <summary>Longest 101 in bytes, without the values of its subprotocol and extensions.</summary>
    public const int AcceptedLength = 224;

    /// <summary>Length of the proof in bytes.</summary>
    public const int AcceptLength = 28;

    private static ReadOnlySpan<byte> Guid => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>Writes a 101.</summary>
    /// <param name="destination">Long enough for <see cref="AcceptedLength"/> bytes, the subprotocol and the extensions.</param>
    /// <param name="key">The request's key.</param>
    /// <param name="subprotocol">The chosen one, or null.</param>
    /// <param name="extensions">The value of the header that accepts extensions; empty where there are none.</param>
    /// <returns>The length in bytes.</returns>
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

    /// <summary>The whole answer to a request that is not upgraded.</summary>
    /// <param name="refusal">The status, and what a person reads.</param>
    /// <param name="now">The date that the answer has to have (RFC 9110, section 6.6.1).</param>
    public static byte[] Refused(HttpRefusal refusal, DateTimeOffset now)
    {
        var body = refusal.Text + "\n";
        var upgrade = refusal.StatusCode == 426 ? "Upgrade: websocket\r\nConnection: Upgrade, close\r\n" : "Connection: close\r\n";
        var header = refusal.Header is null ? "" : refusal.Header + "\r\n";
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {refusal.StatusCode} {Phrase(refusal.StatusCode)}\r\n{upgrade}{header}Date: {now:R}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{(refusal.HasNoBody ? "" : body)}"));
    }

    /// <summary>The proof of section 4.2.2, step 5.4.</summary>
    internal static void WriteAccept(Span<byte> destination, ReadOnlySpan<byte> key)
    {
        Span<byte> proof = stackalloc byte[24 + 36];
        key.CopyTo(proof);
        Guid.CopyTo(proof[24..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6455 prescribes SHA-1; nothing secret depends on it.
        SHA1.HashData(proof, hash);
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
