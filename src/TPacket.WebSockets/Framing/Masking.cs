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
        var rest = payload;
        if (Vector512.IsHardwareAccelerated && rest.Length >= Vector512<byte>.Count)
        {
            var wide = Vector512.Create(key).AsByte();
            while (rest.Length >= Vector512<byte>.Count)
            {
                (Vector512.Create<byte>(rest) ^ wide).CopyTo(rest);
                rest = rest[Vector512<byte>.Count..];
            }
        }

        if (Vector256.IsHardwareAccelerated && rest.Length >= Vector256<byte>.Count)
        {
            var wide = Vector256.Create(key).AsByte();
            while (rest.Length >= Vector256<byte>.Count)
            {
                (Vector256.Create<byte>(rest) ^ wide).CopyTo(rest);
                rest = rest[Vector256<byte>.Count..];
            }
        }

        if (Vector128.IsHardwareAccelerated && rest.Length >= Vector128<byte>.Count)
        {
            var wide = Vector128.Create(key).AsByte();
            while (rest.Length >= Vector128<byte>.Count)
            {
                (Vector128.Create<byte>(rest) ^ wide).CopyTo(rest);
                rest = rest[Vector128<byte>.Count..];
            }
        }

        while (rest.Length >= sizeof(uint))
        {
            MemoryMarshal.Write(rest, MemoryMarshal.Read<uint>(rest) ^ key);
            rest = rest[sizeof(uint)..];
        }

        if (rest.IsEmpty)
            return key;
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        MemoryMarshal.Write(bytes, key);
        for (var i = 0; i < rest.Length; i++)
            rest[i] ^= bytes[i];
        return Turn(key, rest.Length);
    }

    private static uint Turn(uint key, int bytes) =>
        BitConverter.IsLittleEndian ? BitOperations.RotateRight(key, 8 * bytes) : BitOperations.RotateLeft(key, 8 * bytes);
}
