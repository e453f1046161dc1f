using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TPacket.WebSockets.Framing;

/// <summary>Masks and unmasks payloads, which is the same operation (RFC 6455, section 5.3).</summary>
internal static class Masking
{
    /// <summary>Applies a key to the next bytes of a payload, in place.</summary>
    /// <returns>The key for the byte that follows: the key rotated by the number of masked bytes.</returns>
    public static uint Apply(Span<byte> payload, uint key)
    {
        // A span of vectors: the JIT compiler removes the bounds checks, and keeps the span in registers because it is not sliced in the loop.
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var wide = Vector512.Create(key).AsByte();
            var parts = MemoryMarshal.Cast<byte, Vector512<byte>>(payload);
            for (var part = 0; part < parts.Length; part++)
                parts[part] ^= wide;
            i = parts.Length * Vector512<byte>.Count;
        }

        if (Vector256.IsHardwareAccelerated)
        {
            var wide = Vector256.Create(key).AsByte();
            var parts = MemoryMarshal.Cast<byte, Vector256<byte>>(payload[i..]);
            for (var part = 0; part < parts.Length; part++)
                parts[part] ^= wide;
            i += parts.Length * Vector256<byte>.Count;
        }

        if (Vector128.IsHardwareAccelerated)
        {
            var wide = Vector128.Create(key).AsByte();
            var parts = MemoryMarshal.Cast<byte, Vector128<byte>>(payload[i..]);
            for (var part = 0; part < parts.Length; part++)
                parts[part] ^= wide;
            i += parts.Length * Vector128<byte>.Count;
        }

        for (; i <= payload.Length - sizeof(uint); i += sizeof(uint))
            MemoryMarshal.Write(payload[i..], MemoryMarshal.Read<uint>(payload[i..]) ^ key);
        for (; i < payload.Length; i++)
        {
            payload[i] ^= FirstByte(key);
            key = Rotate(key);
        }

        return key;
    }

    private static byte FirstByte(uint key) => (byte)(BitConverter.IsLittleEndian ? key : key >> 24);

    /// <summary>Returns the key for the next byte.</summary>
    private static uint Rotate(uint key) => BitConverter.IsLittleEndian ? BitOperations.RotateRight(key, 8) : BitOperations.RotateLeft(key, 8);
}
