using TPacket.WebSockets;
using TPacket.WebSockets.Handshake;

namespace TPacket.Fuzz.Targets;

/// <summary>Fuzzes the reader of upgrade requests. Accepted requests must be valid, and no result for a prefix may contradict the result for the input.</summary>
internal sealed class RequestsTarget : IFuzzTarget
{
    private const int MaxLength = 1024;
    private const int MaxHeaders = 16;

    private static readonly byte[] _request =
        "GET /chat?room=1 HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat, superchat\r\nOrigin: http://example.com\r\n\r\n"u8.ToArray();

    public string Name => "requests";

    public IReadOnlyList<byte[]> Dictionary { get; } =
    [
        [.. "\r\n"u8], [.. "\r\n\r\n"u8], [.. "GET "u8], [.. " HTTP/1.1"u8], [.. "Host: "u8], [.. "Upgrade: websocket\r\n"u8], [.. "Connection: upgrade\r\n"u8],
        [.. "Sec-WebSocket-Key: "u8], [.. "Sec-WebSocket-Version: 13\r\n"u8], [.. "Sec-WebSocket-Protocol: "u8], [.. "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"u8],
        [.. "Content-Length: 0\r\n"u8], [.. "Transfer-Encoding: chunked\r\n"u8], [.. "dGhlIHNhbXBsZSBub25jZQ=="u8], [.. ", "u8], [.. "\t"u8], [.. "?"u8],
        [.. "http://"u8], [.. "WSS://[::1]:80"u8], [.. "HEAD "u8], [.. " HTTP/1.2"u8], [.. "Host: [::1]:65535\r\n"u8], [.. "Sec-WebSocket-Extensions:\r\n"u8], [.. "X-Forwarded-For: x\r\n"u8],
    ];

    public IReadOnlyList<byte[]> Seeds { get; } = [_request, [0x16, 3, 1], [.. "GET / HTTP/1.0\r\n\r\n"u8], [.. "\r\n\r\n"u8, .. _request], [.. "GET http://example.com?room=1 HTTP/1.1\r\n"u8, .. _request.AsSpan(_request.AsSpan().IndexOf("\n"u8) + 1)]];

    public void Run(ReadOnlySpan<byte> input)
    {
        var status = UpgradeRequestReader.TryRead(input, MaxLength, MaxHeaders, out var request, out var consumed, out var refusal);
        switch (status)
        {
            case UpgradeReadStatus.Done:
                FindingException.Unless(consumed <= MaxLength && input[..consumed].EndsWith("\r\n\r\n"u8), "a head with a wrong length");
                FindingException.Unless(request!.Host.Length > 0 && request.Path.StartsWith('/') && request.Key.Length == 24, "a request without host, path or key");
                FindingException.Unless(request.Headers.Count() <= MaxHeaders, "too many headers");
                foreach (var (name, value) in request.Headers)
                    FindingException.Unless(request.GetHeader(name)!.Contains(value, StringComparison.Ordinal) && !value.Contains('\n', StringComparison.Ordinal), "a header that is not found");
                FindingException.Unless(request.Target.Length > 0 && (request.Query.Text.Length == 0 || request.Target.EndsWith(request.Query.Text, StringComparison.Ordinal)) && request.IsProxied == request.Headers.Any(IsOfProxy), "a wrong target or proxy");
                FindingException.Unless(UpgradeDecision.Select(request, ["chat"]).Subprotocol is null or "chat", "an unknown subprotocol");
                break;
            case UpgradeReadStatus.Refused:
                FindingException.Unless(refusal!.StatusCode is >= 400 and < 600 && UpgradeResponseWriter.Refused(refusal, DateTimeOffset.UnixEpoch).Length > 0, "an invalid error response");
                break;
        }

        CheckPrefixes(input, status, consumed);
    }

    private static bool IsOfProxy(KeyValuePair<string, string> header) => header.Key.ToUpperInvariant() is "FORWARDED" or "X-FORWARDED-FOR" or "VIA" or "X-ORIGINAL-FOR";

    /// <summary>Checks that no prefix is accepted, and that a rejection of a prefix is also the result for the input.</summary>
    private static void CheckPrefixes(ReadOnlySpan<byte> input, UpgradeReadStatus status, int consumed)
    {
        var end = status == UpgradeReadStatus.Done ? consumed : input.Length;
        for (var length = 0; length < end; length += 1 + (end / 32))
        {
            var before = UpgradeRequestReader.TryRead(input[..length], MaxLength, MaxHeaders, out _, out _, out _);
            FindingException.Unless(before == UpgradeReadStatus.NeedMore || before == status, $"{before} after {length} bytes, then {status}");
        }
    }
}
