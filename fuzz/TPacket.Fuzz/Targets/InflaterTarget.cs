using TPacket.Transports.Buffers;
using TPacket.WebSockets.Compression;

namespace TPacket.Fuzz.Targets;

/// <summary>
/// Fuzzes the inflater. Its output and result must not depend on the pieces of the message or the room for output. The target also compresses and decompresses the data with windows of all sizes. The
/// first byte of the input gives the length of the pieces, the second byte gives the room.
/// </summary>
internal sealed class InflaterTarget : IFuzzTarget
{
    private const int MaxOutput = 1 << 16;

    public string Name => "inflater";

    public IReadOnlyList<byte[]> Dictionary { get; } = [[0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], [0x00, 0x05, 0x00, 0xFA, 0xFF], [0x00, 0x00, 0xFF, 0xFF], [0xF3], [0x00], [0x05]];

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        [0, 0, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], [3, 1, 0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00], [1, 7, 0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00],
        [2, 2, 0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00], [9, 9, 0x63, 0x60, 0x18, 0x05, 0xA3, 0x60, 0x14, 0x0C, 0x1D, 0x00],
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2)
            return;
        var outstanding = BufferPool.Outstanding;
        var message = input[2..];
        var whole = Inflate(message, message.Length, MaxOutput);
        var pieces = Inflate(message, 1 + input[0], 1 + input[1]);
        FindingException.Unless(whole.AsSpan().SequenceEqual(pieces) && whole is null == pieces is null, "the message depends on the pieces");
        RoundTrip(message, windowBits: 8 + (input[0] & 7), contextTakeover: (input[1] & 1) != 0);
        FindingException.Unless(BufferPool.Outstanding == outstanding, "buffers or states were not returned");
    }

    /// <summary>Decompresses a message.</summary>
    /// <returns>The data; null if the message is invalid or exceeds <see cref="MaxOutput"/>.</returns>
    private static byte[]? Inflate(ReadOnlySpan<byte> message, int pieceLength, int room)
    {
        var inflater = new Inflater(contextTakeover: false);
        var output = new List<byte>();
        var buffer = new byte[room];
        while (!message.IsEmpty)
        {
            var piece = message[..Math.Min(pieceLength, message.Length)];
            message = message[piece.Length..];
            InflateStatus status;
            do
            {
                status = inflater.Inflate(ref piece, buffer, out var written);
                output.AddRange(buffer.AsSpan(0, written));
                if (status == InflateStatus.Invalid || output.Count > MaxOutput)
                {
                    inflater.Release();
                    return null;
                }
            }
            while (status == InflateStatus.OutputFull);
            FindingException.Unless(piece.IsEmpty, "needs input, but has not consumed all of it");
        }

        var ended = inflater.TryEndMessage();
        inflater.Release();
        return ended ? [.. output] : null;
    }

    private static void RoundTrip(ReadOnlySpan<byte> data, int windowBits, bool contextTakeover)
    {
        var deflater = new Deflater(windowBits, System.IO.Compression.CompressionLevel.Fastest, contextTakeover);
        var inflater = new Inflater(contextTakeover);
        for (var i = 0; i < 2; i++)
        {
            using var message = deflater.Deflate(data[..(data.Length / 3)], data[(data.Length / 3)..]);
            var packed = message.Bytes;
            var output = new byte[data.Length + 1];
            var status = inflater.Inflate(ref packed, output, out var written);
            FindingException.Unless(status == InflateStatus.NeedInput && inflater.TryEndMessage() && output.AsSpan(0, written).SequenceEqual(data), "the round trip changes the data");
        }

        deflater.Release();
        inflater.Release();
    }
}
