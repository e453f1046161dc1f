using System.Text;

namespace TPacket.WebSockets.Tests;

/// <summary>Validates UTF-8 with the framework's strict decoder.</summary>
internal static class StrictUtf8
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Continuations that complete the beginning of any character.
    private static readonly byte[][] _rests = [[], [0x80], [0x90], [0xA0], [0x80, 0x80], [0x90, 0x80], [0xA0, 0x80], [0x80, 0x80, 0x80], [0x90, 0x80, 0x80]];

    public static bool IsValid(byte[] bytes)
    {
        try
        {
            _strict.GetCharCount(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>Returns the index of the first byte after which no continuation makes the text valid; -1 if there is none.</summary>
    public static int FirstImpossible(byte[] bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (!_rests.Any(rest => IsValid([.. bytes[..(i + 1)], .. rest])))
                return i;
        }

        return -1;
    }
}
