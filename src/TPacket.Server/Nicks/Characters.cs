using System.Text;

namespace TPacket.Server.Nicks;

/// <summary>Classifies characters by their appearance. Pure.</summary>
internal static class Characters
{
    /// <summary>The first tag character. Tag characters are ASCII, shifted by this value.</summary>
    public const int FirstTag = 0xE0000;

    /// <summary>The last tag character, which ends the tags of a flag.</summary>
    public const int LastTag = 0xE007F;

    /// <summary>Returns whether a text has a visible character.</summary>
    public static bool IsVisible(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsBlank(rune) && !IsIgnorable(rune))
                return true;
        }

        return false;
    }

    /// <summary>Returns whether a character is blank: white space, and the blank letters and symbols of some scripts.</summary>
    public static bool IsBlank(Rune rune) => Rune.IsWhiteSpace(rune) || rune.Value is 0x2800 or 0x1D159 or 0x13441 or 0x13442 || IsFiller(rune.Value);

    /// <summary>Returns whether a code point is a Hangul filler. Most fonts show a blank for it, some show nothing.</summary>
    public static bool IsFiller(int codePoint) => codePoint is 0x115F or 0x1160 or 0x3164 or 0xFFA0;

    /// <summary>Returns whether a character is invisible: Default_Ignorable_Code_Point, and the filler of the Khitan script.</summary>
    public static bool IsIgnorable(Rune rune) => !rune.IsAscii && (UnicodeTables.Instance.IsIgnorable(rune.Value) || rune.Value == 0x16FE4);

    /// <summary>Returns whether a code point is a tag character, which only flags have.</summary>
    public static bool IsTag(int codePoint) => codePoint is >= FirstTag and <= LastTag;

    /// <summary>Returns whether a code point is a noncharacter (Unicode, section 23.7). .NET does not normalize text with U+FFFE.</summary>
    public static bool IsNoncharacter(int codePoint) => (codePoint & 0xFFFE) == 0xFFFE || codePoint is >= 0xFDD0 and <= 0xFDEF;
}
