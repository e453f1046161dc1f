using System.Buffers.Binary;

namespace TPacket.WebSockets.Tests;

/// <summary>A frame that the library has sent, decoded independently of the library.</summary>
/// <param name="First">The first byte: FIN, reserved bits and opcode.</param>
/// <param name="Payload">The payload, unmasked.</param>
internal sealed record WireFrame(byte First, byte[] Payload)
{
    /// <summary>Decodes frames. Incomplete or wrongly masked frames fail the test.</summary>
    public static List<WireFrame> Decode(byte[] bytes, bool masked)
    {
        var frames = new List<WireFrame>();
        for (var at = 0; at < bytes.Length;)
        {
            var first = bytes[at];
            Assert.Equal(masked, (bytes[at + 1] & 0x80) != 0);
            long length = bytes[at + 1] & 0x7F;
            at += 2;
            if (length == 126)
            {
                length = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at));
                at += 2;
            }
            else if (length == 127)
            {
                length = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(at));
                at += 8;
            }

            var key = masked ? bytes[at..(at += 4)] : [];
            Assert.InRange(length, 0, bytes.Length - at);
            var payload = bytes[at..(at += (int)length)];
            for (var i = 0; i < payload.Length && masked; i++)
                payload[i] ^= key[i % 4];
            frames.Add(new WireFrame(first, payload));
        }

        return frames;
    }

    /// <summary>Returns opcode and payload in one line. Throws for a fragment, or a frame with reserved bits.</summary>
    public override string ToString() => $"{Name} {Hex.Of(Payload)}";

    private string Name => First switch
    {
        0x81 => "Text",
        0x82 => "Binary",
        0x88 => "Close",
        0x89 => "Ping",
        0x8A => "Pong",
        _ => throw new InvalidOperationException($"No frame begins with {First:x2}."),
    };
}
