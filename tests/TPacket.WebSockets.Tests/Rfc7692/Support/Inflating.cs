using TPacket.Transports.Buffers;
using TPacket.WebSockets.Compression;

namespace TPacket.WebSockets.Tests;

/// <summary>Reads messages with an <see cref="Inflater"/>.</summary>
internal static class Inflating
{
    /// <summary>Asserts that the payloads decompress to the texts at every split, and that all buffers are returned.</summary>
    public static void Expect(bool contextTakeover, params (string Payload, string Text)[] messages)
    {
        var outstanding = BufferPool.Outstanding;
        var splits = messages.Select(static message => Splits.Of(Hex.Bytes(message.Payload)).ToArray()).ToArray();
        for (var i = 0; i < splits.Max(static ways => ways.Length); i++)
        {
            foreach (var outputLength in new[] { 1, 2, 3, 64 })
            {
                var inflater = new Inflater(contextTakeover);
                for (var m = 0; m < messages.Length; m++)
                {
                    var pieces = splits[m][Math.Min(i, splits[m].Length - 1)];
                    Assert.Equal(messages[m].Text, Latin1(Message(inflater, outputLength, pieces)));
                }

                inflater.Release();
            }
        }

        Assert.Equal(outstanding, BufferPool.Outstanding);
    }

    /// <summary>Asserts that the payload is not a valid message at any split, and that all buffers are returned.</summary>
    public static void ExpectInvalid(string payload)
    {
        var outstanding = BufferPool.Outstanding;
        foreach (var contextTakeover in new[] { false, true })
        {
            foreach (var pieces in Splits.Of(Hex.Bytes(payload)))
            {
                foreach (var outputLength in new[] { 1, 64 })
                {
                    var inflater = new Inflater(contextTakeover);
                    Assert.Null(Message(inflater, outputLength, pieces));
                    Assert.Equal(outstanding, BufferPool.Outstanding);

                    // The inflater remains invalid.
                    Assert.Null(Message(inflater, outputLength, [0x00]));
                    inflater.Release();
                }
            }
        }
    }

    /// <summary>Returns the data of a message, read in outputs of <paramref name="outputLength"/> bytes; null if it is invalid.</summary>
    public static byte[]? Message(Inflater inflater, int outputLength, params byte[][] pieces)
    {
        var data = new List<byte>();
        var output = new byte[outputLength];
        foreach (var piece in pieces)
        {
            ReadOnlySpan<byte> input = piece;
            InflateStatus status;
            do
            {
                status = inflater.Inflate(ref input, output, out var written);
                data.AddRange(output[..written]);
                if (status == InflateStatus.Invalid)
                    return null;
                Assert.True(written == output.Length || status == InflateStatus.NeedInput);
            }
            while (status == InflateStatus.OutputFull);

            Assert.True(input.IsEmpty);
        }

        return inflater.TryEndMessage() ? [.. data] : null;
    }

    private static string? Latin1(byte[]? bytes) => bytes is null ? null : System.Text.Encoding.Latin1.GetString(bytes);
}
