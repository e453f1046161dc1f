using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TPacket.WebSockets.Framing;

/// <summary>Unpredictable masking keys (RFC 6455, sections 5.3 and 10.3), drawn from the system's random number generator in blocks.</summary>
internal static class MaskingKeys
{
    private const int KeysPerBlock = 256;

    [ThreadStatic]
    private static uint[]? _keys;

    [ThreadStatic]
    private static int _left;

    /// <summary>Returns a new key, for one frame.</summary>
    public static uint Next()
    {
        var keys = _keys ??= new uint[KeysPerBlock];
        if (_left == 0)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(keys.AsSpan()));
            _left = KeysPerBlock;
        }

        return keys[--_left];
    }
}
