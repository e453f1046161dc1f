using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TPacket.WebSockets.Framing;

/// <summary>Masking keys that nobody can foresee (RFC 6455, sections 5.3 and 10.3), drawn from the system's generator many at a time.</summary>
internal static class MaskingKeys
{
    private const int Drawn = 256;

    [ThreadStatic]
    private static uint[]? _keys;

    [ThreadStatic]
    private static int _left;

    /// <summary>The next key; used for one frame.</summary>
    public static uint Next()
    {
        var keys = _keys ??= new uint[Drawn];
        if (_left == 0)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(keys.AsSpan()));
            _left = Drawn;
        }

        return keys[--_left];
    }
}
