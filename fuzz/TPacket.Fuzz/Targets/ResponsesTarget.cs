using TPacket.WebSockets;
using TPacket.WebSockets.Handshake;

namespace TPacket.Fuzz.Targets;

/// <summary>
/// Fuzzes the reader of upgrade responses. It must accept only responses that match the offer, and no result for a prefix may contradict the
/// result for the input.
/// </summary>
internal sealed class ResponsesTarget : IFuzzTarget
{
    private const int MaxLength = 1024;
    private const int MaxHeaders = 16;

    private readonly UpgradeOffer _offer = UpgradeOffer.Create("dGhlIHNhbXBsZSBub25jZQ==", ["chat", "superchat"], DeflateOptions.Default);

    public string Name => "responses";

    public IReadOnlyList<byte[]> Dictionary { get; } =
    [
        [.. "\r\n"u8], [.. "\r\n\r\n"u8], [.. "HTTP/1.1 "u8], [.. "HTTP/1.1 100 Continue\r\n\r\n"u8], [.. "HTTP/1.1 403 Forbidden\r\n"u8], [.. "Content-Length: 10\r\n"u8], [.. "Upgrade: websocket\r\n"u8],
        [.. "Connection: upgrade\r\n"u8], [.. "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="u8], [.. "Sec-WebSocket-Protocol: chat\r\n"u8], [.. "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n"u8],
        [.. "; client_no_context_takeover"u8], [.. "; client_max_window_bits=10"u8], [.. "; server_max_window_bits=\"9\""u8],
    ];

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        [.. "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n"u8],
        [.. "HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nnever"u8], [.. "HTTP/1.1 302\r\nLocation: /\r\n\r\n"u8],
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var status = UpgradeResponseReader.TryRead(input, _offer, MaxLength, MaxHeaders, out var response, out var agreement, out var consumed, out var violation);
        switch (status)
        {
            case ResponseReadStatus.Accepted:
                FindingException.Unless(response!.StatusCode == 101 && consumed <= MaxLength && input[..consumed].EndsWith("\r\n\r\n"u8), "a head with a wrong length");
                FindingException.Unless(agreement.Subprotocol is null or "chat" or "superchat", "a subprotocol that the client did not offer");
                FindingException.Unless(response.GetHeader("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "a response to another request");
                FindingException.Unless(response.GetHeader("Sec-WebSocket-Extensions") is null == agreement.Compression is null, "extensions that were not negotiated");
                break;
            case ResponseReadStatus.Refused:
                FindingException.Unless(response!.StatusCode is >= 200 and <= 999 && response.Body.Length <= MaxLength, "an invalid error response");
                break;
            case ResponseReadStatus.Violation:
                FindingException.Unless(violation is { Length: > 0 }, "a violation without a description");
                break;
        }

        var end = status == ResponseReadStatus.Accepted ? consumed : input.Length;
        for (var length = 0; length < end; length += 1 + (end / 32))
        {
            var before = UpgradeResponseReader.TryRead(input[..length], _offer, MaxLength, MaxHeaders, out _, out _, out _, out _);
            FindingException.Unless(before == ResponseReadStatus.NeedMore || before == status, $"{before} after {length} bytes, then {status}");
        }
    }
}
