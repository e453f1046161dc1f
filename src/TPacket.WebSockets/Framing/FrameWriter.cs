using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace TPacket.WebSockets.Framing;

/// <summary>Writes frames (RFC 6455, section 5.2). Each frame is a complete message or a control frame; messages are never fragmented.</summary>
internal static class FrameWriter
{
    private const byte FinBit = 0x80;
    private const byte CompressedBit = 0x40;
    private const byte MaskBit = 0x80;
    private const int KeyLength = sizeof(uint);

    /// <summary>Returns the length in bytes of a frame with a payload of <paramref name="payloadLength"/> bytes.</summary>
    public static int FrameLength(int payloadLength, bool masked = false) => HeaderLength(payloadLength) + (masked ? KeyLength : 0) + payloadLength;

    /// <summary>Returns the length in bytes of a header without masking key: 2, 4 or 10.</summary>
    public static int HeaderLength(int payloadLength) => payloadLength < 126 ? 2 : payloadLength <= ushort.MaxValue ? 4 : 10;

    /// <summary>Writes a frame with a payload of two parts.</summary>
    /// <returns>Length of the frame in bytes.</returns>
    public static int Write(Span<byte> destination, FrameForm form, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var position = WriteHeader(destination, form, head.Length + body.Length);
        var key = 0u;
        if (form.Masked)
        {
            key = MaskingKeys.Next();
            MemoryMarshal.Write(destination[position..], key);
            position += KeyLength;
        }

        var payload = destination.Slice(position, head.Length + body.Length);
        if (!head.IsEmpty)
            head.CopyTo(payload);
        body.CopyTo(payload[head.Length..]);
        if (form.Masked)
            Masking.Apply(payload, key);
        return position + payload.Length;
    }

    /// <summary>Writes a header without its masking key.</summary>
    /// <returns>Number of bytes written.</returns>
    public static int WriteHeader(Span<byte> destination, FrameForm form, int payloadLength)
    {
        var mask = form.Masked ? MaskBit : 0;
        destination[0] = (byte)(FinBit | (form.Compressed ? CompressedBit : 0) | (byte)form.Opcode);
        if (payloadLength < 126)
        {
            destination[1] = (byte)(mask | payloadLength);
            return 2;
        }

        if (payloadLength <= ushort.MaxValue)
        {
            destination[1] = (byte)(mask | 126);
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payloadLength);
            return 4;
        }

        destination[1] = (byte)(mask | 127);
        BinaryPrimitives.WriteInt64BigEndian(destination[2..], payloadLength);
        return 10;
    }
}
