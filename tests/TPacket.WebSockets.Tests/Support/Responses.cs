using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Tests;

/// <summary>Upgrade responses as a server writes them.</summary>
internal static class Responses
{
    /// <summary>Accepts a request, with more header lines at its end.</summary>
    public static byte[] To(UpgradeRequest request, params string[] lines)
    {
        var head = new byte[256];
        var length = UpgradeResponseWriter.WriteAccepted(head, request.Key, null);
        return [.. head.AsSpan(0, length - 2), .. Requests.Bytes(string.Concat(lines.Select(static line => line + "\r\n"))), .. "\r\n"u8];
    }
}
