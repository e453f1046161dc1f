using System.Text;

namespace TPacket.WebSockets.Handshake;

/// <summary>Validates the head of a request that an HTTP server has read. It does no I/O and does not throw for invalid input.</summary>
internal static class RoutedRequestReader
{
    /// <summary>Validates a head.</summary>
    /// <returns>The error response; null if the request is valid.</returns>
    public static HttpRefusal? Read(HttpRequestHead source, out UpgradeRequest? request)
    {
        request = null;
        if (!source.IsExtendedConnect && source.Method != "GET")
            return HttpRefusal.BadMethod;
        var length = Encoding.UTF8.GetByteCount(source.Target) + 2;
        foreach (var (name, value) in source.Headers)
            length += Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value) + 4;
        return Read(source, new byte[length], out request);
    }

    private static HttpRefusal? Read(HttpRequestHead source, byte[] head, out UpgradeRequest? request)
    {
        request = null;
        var targetEnd = Append(head, 0, source.Target);
        if (!RequestTarget.TryRead(head, 0, targetEnd, out var target))
            return HttpRefusal.BadRequestLine;
        var headersStart = Append(head, targetEnd, "\r\n");
        var fields = default(HandshakeFields);
        var start = headersStart;
        foreach (var (name, value) in source.Headers)
        {
            var end = Append(head, Append(head, Append(head, start, name), ": "), value);
            // Rejects a line break within a value, which would begin another header.
            if (!HttpGrammar.TryReadHeader(head, start, end, out var line))
                return HttpRefusal.BadHeader;
            fields.Take(head, line);
            start = Append(head, end, "\r\n");
        }

        var refusal = source.IsExtendedConnect ? fields.ValidateExtendedConnect() : fields.Validate();
        if (refusal is null)
        {
            request = new UpgradeRequest(new HeaderTable(head, headersStart), target, fields.Host, fields.Key, fields.Subprotocols)
            {
                IsRouted = true,
                LocalEndPoint = source.LocalEndPoint,
                Principal = source.Principal,
            };
        }

        // A plain request to one of the HTTP server's paths gets 400 instead of 426 (Upgrade Required).
        return refusal == HttpRefusal.NotUpgrade ? HttpRefusal.NotWebSocket : refusal;
    }

    private static int Append(byte[] head, int position, string text) => position + Encoding.UTF8.GetBytes(text, head.AsSpan(position));
}
