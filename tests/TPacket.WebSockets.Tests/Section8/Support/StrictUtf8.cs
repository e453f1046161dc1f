using System.Text;

namespace TPacket.WebSockets.Tests;

/// <summary>What the framework's strict decoder makes of text.</summary>
internal static class StrictUtf8
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // What may follow the beginning of a character so that it becomes one.
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

    /// <summary>The first byte after which no continuation makes the text valid, found by trying what could follow; -1 where there is none.</summary>
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
