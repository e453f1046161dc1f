using System.Text;

namespace TPacket.Server.Nicks;

/// <summary>What characters show. Pure.</summary>
internal static class Characters
{
    /// <summary>The tags of flags are ASCII, moved here.</summary>
    public const int FirstTag = 0xE0000;

    /// <summary>The tag that ends the tags of a flag.</summary>
    public const int LastTag = 0xE007F;

    /// <summary>Whether a text shows anything.</summary>
    public static bool IsVisible(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsBlank(rune) && !IsIgnorable(rune))
                return true;
        }

        return false;
    }

    /// <summary>Whether a character leaves a blank: white space, and the blanks that some scripts count among their letters or symbols.</summary>
    public static bool IsBlank(Rune rune) => Rune.IsWhiteSpace(rune) || rune.Value is 0x2800 or 0x1D159 or 0x13441 or 0x13442 || IsFiller(rune.Value);

    /// <summary>Whether a code point is a letter of Hangul that stands for none. Most fonts show a blank for it, some show nothing.</summary>
    public static bool IsFiller(int codePoint) => codePoint is 0x115F or 0x1160 or 0x3164 or 0xFFA0;

    /// <summary>Whether a character shows nothing by itself: Default_Ignorable_Code_Point, and the filler of the Khitan script.</summary>
    public static bool IsIgnorable(Rune rune) => !rune.IsAscii && (UnicodeTables.Instance.IsIgnorable(rune.Value) || rune.Value == 0x16FE4);

    /// <summary>Whether a code point is a tag, which only flags have.</summary>
    public static bool IsTag(int codePoint) => codePoint is >= FirstTag and <= LastTag;

    /// <summary>Whether a code point will never be a character (Unicode, section 23.7). .NET refuses to normalise a text with U+FFFE.</summary>
    public static bool IsNoncharacter(int codePoint) => (codePoint & 0xFFFE) == 0xFFFE || codePoint is >= 0xFDD0 and <= 0xFDEF;
}
