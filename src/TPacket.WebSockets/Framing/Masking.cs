using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TPacket.WebSockets.Framing;

/// <summary>Masks and unmasks payloads; both are the same operation (RFC 6455, section 5.3).</summary>
internal static class Masking
{
    /// <summary>Applies a key to the next bytes of a payload, in place.</summary>
    /// <returns>The key for the byte that follows: the same one, turned by as many bytes as were masked.</returns>
    public static uint Apply(Span<byte> payload, uint key)
    {
        // By index: a span that is cut shorter with each step is kept in memory, where reading back what was just written stalls.
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (var wide = Vector512.Create(key).AsByte(); i <= payload.Length - Vector512<byte>.Count; i += Vector512<byte>.Count)
                (Vector512.Create<byte>(payload[i..]) ^ wide).CopyTo(payload[i..]);
        }

        if (Vector256.IsHardwareAccelerated)
        {
            for (var wide = Vector256.Create(key).AsByte(); i <= payload.Length - Vector256<byte>.Count; i += Vector256<byte>.Count)
                (Vector256.Create<byte>(payload[i..]) ^ wide).CopyTo(payload[i..]);
        }

        if (Vector128.IsHardwareAccelerated)
        {
            for (var wide = Vector128.Create(key).AsByte(); i <= payload.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
                (Vector128.Create<byte>(payload[i..]) ^ wide).CopyTo(payload[i..]);
        }

        for (; i <= payload.Length - sizeof(uint); i += sizeof(uint))
            MemoryMarshal.Write(payload[i..], MemoryMarshal.Read<uint>(payload[i..]) ^ key);
        for (; i < payload.Length; i++)
        {
            payload[i] ^= FirstByte(key);
            key = Turn(key);
        }

        return key;
    }

    private static byte FirstByte(uint key) => (byte)(BitConverter.IsLittleEndian ? key : key >> 24);

    /// <summary>The key for the next byte.</summary>
    private static uint Turn(uint key) => BitConverter.IsLittleEndian ? BitOperations.RotateRight(key, 8) : BitOperations.RotateLeft(key, 8);
}
