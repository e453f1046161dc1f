using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Tests;

/// <summary>Upgrade responses of a server.</summary>
internal static class Responses
{
    /// <summary>Returns the response that accepts a request, with additional header lines.</summary>
    public static byte[] To(UpgradeRequest request, params string[] lines)
    {
        var head = new byte[256];
        var length = UpgradeResponseWriter.WriteAccepted(head, request.Key, null);
        return [.. head.AsSpan(0, length - 2), .. Requests.Bytes(string.Concat(lines.Select(static line => line + "\r\n"))), .. "\r\n"u8];
    }
}
