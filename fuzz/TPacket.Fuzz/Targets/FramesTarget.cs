using TPacket.Transports.Buffers;
using TPacket.WebSockets.Compression;
using TPacket.WebSockets.Messages;

namespace TPacket.Fuzz.Targets;

/// <summary>
/// Fuzzes the reader of frames and messages in both roles. The messages and the violation must not depend on the pieces of the input, text must be valid, close frames must have a valid payload, and no
/// message may exceed the limit. The first byte of the input gives role, limit, compression and length of the pieces.
/// </summary>
internal sealed class FramesTarget : IFuzzTarget
{
    public string Name => "frames";

    public IReadOnlyList<byte[]> Dictionary { get; } =
    [
        [0x81, 0x80, 0, 0, 0, 0], [0x82, 0x85, 1, 2, 3, 4], [0x01, 0x83, 0, 0, 0, 0], [0x80, 0x83, 0, 0, 0, 0], [0x89, 0x80, 0, 0, 0, 0], [0x88, 0x82, 0, 0, 0, 0, 3, 0xE8],
        [0x81, 0], [0x82, 5], [0x01, 3], [0x80, 3], [0x88, 2, 3, 0xE8], [0x82, 0x7E, 0, 0x7E], [0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0],
        [0xED, 0xA0, 0x80], [0xF4, 0x8F, 0xBF, 0xBF], [0xF4, 0x90], [0xE0, 0x80], [0xC0, 0x80], [0xF0, 0x9F, 0x98, 0x80],
    ];

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        [0, 0x81, 0x85, 0, 0, 0, 0, .. "hello"u8], [1, 0x81, 5, .. "hello"u8], [0, 0x01, 0x83, 1, 2, 3, 4, 1, 2, 3, 0x89, 0x80, 0, 0, 0, 0, 0x80, 0x80, 0, 0, 0, 0],
        [1, 0x88, 5, 3, 0xE8, .. "bye"u8], [1, 0x82, 0x7E, 0, 126, .. new byte[126]],
        [5, 0xC1, 7, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0xC1, 5, 0xF2, 0x00, 0x11, 0x00, 0x00], [13, 0x41, 3, 0xF2, 0x48, 0xCD, 0x89, 0, 0x80, 4, 0xC9, 0xC9, 0x07, 0x00],
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
            return;
        var fromClient = (input[0] & 1) == 0;
        var limit = (input[0] & 2) == 0 ? 64 * 1024 : 100;
        var compressed = (input[0] & 4) != 0;
        var cut = 1 + (input[0] >> 3);
        var bytes = input[1..];
        var outstanding = BufferPool.Outstanding;
        var whole = Read(bytes, bytes.Length, fromClient, limit, compressed);
        var pieces = Read(bytes, cut, fromClient, limit, compressed);
        FindingException.Unless(whole.SequenceEqual(pieces, StringComparer.Ordinal), $"in one piece {string.Join(" | ", whole)}, in pieces of {cut} {string.Join(" | ", pieces)}");
        FindingException.Unless(BufferPool.Outstanding == outstanding, "buffers were not returned");
    }

    private static List<string> Read(ReadOnlySpan<byte> bytes, int pieceLength, bool fromClient, int limit, bool compressed)
    {
        var seen = new List<string>();
        var reader = new MessageReader(fromClient, limit, compressed ? new Inflater(contextTakeover: true) : null);
        while (!bytes.IsEmpty)
        {
            // Copied, because the reader unmasks the piece in place.
            Span<byte> piece = bytes[..Math.Min(pieceLength, bytes.Length)].ToArray();
            bytes = bytes[piece.Length..];
            while (true)
            {
                var before = piece.Length;
                var result = reader.Read(ref piece, out var payload);
                if (result == ReadResult.NeedMore)
                {
                    FindingException.Unless(piece.IsEmpty, "needs more, but has not consumed all input");
                    break;
                }

                if (result == ReadResult.Violation)
                {
                    FindingException.Unless(ClosePayload.IsSendable(reader.Violation.Status) && reader.Violation.Reason.Length is > 0 and <= 123, "a violation without a valid status or reason");
                    seen.Add($"{reader.Violation.Status} {reader.Violation.Reason}");
                    reader.Release();
                    return seen;
                }

                Check(result, payload, limit);
                seen.Add($"{result} {Convert.ToHexString(payload)}");
                FindingException.Unless(piece.Length < before || before == 0 || seen.Count < 100_000, "makes no progress");
                if (result == ReadResult.Close)
                {
                    reader.Release();
                    return seen;
                }
            }
        }

        reader.Release();
        return seen;
    }

    private static void Check(ReadResult result, ReadOnlySpan<byte> payload, int limit)
    {
        switch (result)
        {
            case ReadResult.Text:
                FindingException.Unless(System.Text.Unicode.Utf8.IsValid(payload), "text that is not UTF-8");
                goto case ReadResult.Binary;
            case ReadResult.Binary:
                FindingException.Unless(payload.Length <= limit, "a message over the limit");
                break;
            case ReadResult.Close:
                FindingException.Unless(ClosePayload.TryRead(payload, out var status, out _) && (payload.IsEmpty || ClosePayload.IsSendable(status)), "an invalid close frame");
                goto default;
            default:
                FindingException.Unless(payload.Length <= 125, "a control frame over 125 bytes");
                break;
        }
    }
}
