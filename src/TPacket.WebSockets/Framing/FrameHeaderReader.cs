using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TPacket.WebSockets.Framing;

/// <summary>Reads frame headers, and checks the rules that need no knowledge of earlier frames (RFC 6455, section 5.2).</summary>
internal static class FrameHeaderReader
{
    private const byte FinBit = 0x80;
    private const byte ReservedBits = 0x70;
    private const byte CompressedBit = 0x40;
    private const byte OpcodeBits = 0x0F;
    private const byte MaskBit = 0x80;
    private const byte LengthBits = 0x7F;
    private const int Length16 = 126;
    private const int Length64 = 127;
    private const int MaskingKeyLength = 4;

    /// <summary>Reads a header. Reports a violation with the first byte that proves it.</summary>
    /// <param name="source">The bytes that have arrived, from the frame's first byte.</param>
    /// <param name="expectMasked">Whether frames must be masked, as a client's, or must not, as a server's (section 5.1).</param>
    /// <param name="header">The header, if the result is <see cref="FrameReadStatus.Done"/>.</param>
    /// <param name="consumed">Length of the header in bytes, if the result is <see cref="FrameReadStatus.Done"/>.</param>
    /// <param name="violation">The violation, if the result is <see cref="FrameReadStatus.Violation"/>.</param>
    /// <param name="allowCompressed">Whether permessage-deflate was negotiated, so that RSV1 may be set on the first frame of a message (RFC 7692, section 6).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // Keeps the header in registers.
    public static FrameReadStatus TryRead(
        ReadOnlySpan<byte> source, bool expectMasked, out FrameHeader header, out int consumed, out Violation violation, bool allowCompressed = false)
    {
        header = default;
        consumed = 0;
        violation = default;
        if (source.IsEmpty)
            return FrameReadStatus.NeedMore;

        var first = source[0];
        var opcode = (Opcode)(first & OpcodeBits);
        var reserved = first & ReservedBits;
        if (reserved != 0 && !(allowCompressed && reserved == CompressedBit && opcode is Opcode.Text or Opcode.Binary))
            return Fail(Violations.ReservedBits, out violation);
        var control = opcode >= Opcode.Close;
        if (control ? opcode > Opcode.Pong : opcode > Opcode.Binary)
            return Fail(Violations.ReservedOpcode, out violation);
        var fin = (first & FinBit) != 0;
        if (control && !fin)
            return Fail(Violations.FragmentedControl, out violation);
        if (source.Length < 2)
            return FrameReadStatus.NeedMore;

        var second = source[1];
        var masked = (second & MaskBit) != 0;
        if (masked != expectMasked)
            return Fail(expectMasked ? Violations.NotMasked : Violations.Masked, out violation);
        long length = second & LengthBits;
        if (control && length > FrameHeader.MaxControlPayload)
            return Fail(Violations.ControlTooLong, out violation);

        var position = 2;
        if (length == Length16)
        {
            if (source.Length < 4)
                return FrameReadStatus.NeedMore;
            length = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
            if (length < Length16)
                return Fail(Violations.LengthNotMinimal, out violation);
            position = 4;
        }
        else if (length == Length64)
        {
            if (source.Length > 2 && source[2] > 0x7F)
                return Fail(Violations.LengthNegative, out violation);
            if (source.Length >= 8 && !source[2..8].ContainsAnyExcept((byte)0))
                return Fail(Violations.LengthNotMinimal, out violation);
            if (source.Length < 10)
                return FrameReadStatus.NeedMore;
            length = BinaryPrimitives.ReadInt64BigEndian(source[2..]);
            position = 10;
        }

        uint key = 0;
        if (masked)
        {
            if (source.Length < position + MaskingKeyLength)
                return FrameReadStatus.NeedMore;
            key = MemoryMarshal.Read<uint>(source[position..]);
            position += MaskingKeyLength;
        }

        header = new FrameHeader(fin, opcode, masked, key, length, reserved != 0);
        consumed = position;
        return FrameReadStatus.Done;
    }

    private static FrameReadStatus Fail(Violation found, out Violation violation)
    {
        violation = found;
        return FrameReadStatus.Violation;
    }
}
