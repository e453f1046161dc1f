using System.Globalization;
using System.Text;

namespace TPacket.TerminalChat;

/// <summary>Sanitizes text of other users for a terminal.</summary>
internal static class TerminalText
{
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;
    private const int BlackFlag = 0x1F3F4;

    /// <summary>
    /// Returns one line without control characters and escape sequences, and without invisible characters that could change the direction of the line or hide text. Joiners of emoji and letters are
    /// kept.
    /// </summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        var isFlag = false;
        foreach (var rune in text.EnumerateRunes())
        {
            // Flags of regions are a black flag with tags (Unicode TS #51, emoji tag sequences). Other tags are invisible.
            isFlag = rune.Value == BlackFlag || (isFlag && IsTag(rune));
            clean.Append(rune.Value is '\t' or '\r' or '\n' ? new Rune(' ') : IsUnfit(rune) && !isFlag ? Rune.ReplacementChar : rune);
        }

        return clean.ToString();
    }

    private static bool IsUnfit(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        // These categories include all direction marks.
        UnicodeCategory.Format => rune.Value is not (ZeroWidthNonJoiner or ZeroWidthJoiner) && !IsNumberSign(rune),
        _ => false,
    };

    private static bool IsTag(Rune rune) => rune.Value is >= 0xE0020 and <= 0xE007F;

    /// <summary>Returns whether a format character is visible: a sign that encloses the following digits (Unicode's Prepended_Concatenation_Mark).</summary>
    private static bool IsNumberSign(Rune rune) => rune.Value is (>= 0x0600 and <= 0x0605) or 0x06DD or 0x070F or 0x0890 or 0x0891 or 0x08E2 or 0x110BD or 0x110CD;
}
