using System.Buffers.Binary;

namespace TPacket.WebSockets.Framing;

/// <summary>Writes the headers of frames that are not masked, as a server's are (RFC 6455, section 5.1).</summary>
internal static class FrameWriter
{
    /// <summary>Length of the header in front of a payload, in bytes: 2, 4 or 10.</summary>
    public static int HeaderLength(int payloadLength) => payloadLength < 126 ? 2 : payloadLength <= ushort.MaxValue ? 4 : 10;

    /// <summary>Writes the header of a whole message in one frame.</summary>
    /// <returns>The header's length in bytes.</returns>
    public static int WriteHeader(Span<byte> destination, Opcode opcode, int payloadLength)
    {
        destination[0] = (byte)(0x80 | (byte)opcode);
        if (payloadLength < 126)
        {
            destination[1] = (byte)payloadLength;
            return 2;
        }

        if (payloadLength <= ushort.MaxValue)
        {
            destination[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payloadLength);
            return 4;
        }

        destination[1] = 127;
        BinaryPrimitives.WriteInt64BigEndian(destination[2..], payloadLength);
        return 10;
    }
}
