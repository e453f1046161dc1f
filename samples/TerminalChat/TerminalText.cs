using System.Globalization;
using System.Text;

namespace TPacket.TerminalChat;

/// <summary>Text of others', made fit for a terminal: what it says is shown, what it would do to the terminal is not done.</summary>
internal static class TerminalText
{
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;
    private const int BlackFlag = 0x1F3F4;

    /// <summary>
    /// One line, without control characters, escape sequences above all, and without invisible characters that would turn the rest of the line round, or hide something in it. What joins emoji and
    /// letters stays.
    /// </summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        var isFlag = false;
        foreach (var rune in text.EnumerateRunes())
        {
            // The flags of regions are a black flag and tags (Unicode TS #51, emoji tag sequences); tags elsewhere say what nobody sees.
            isFlag = rune.Value == BlackFlag || (isFlag && IsTag(rune));
            clean.Append(rune.Value is '\t' or '\r' or '\n' ? new Rune(' ') : IsUnfit(rune) && !isFlag ? Rune.ReplacementChar : rune);
        }

        return clean.ToString();
    }

    private static bool IsUnfit(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        // All marks of direction are among these.
        UnicodeCategory.Format => rune.Value is not (ZeroWidthNonJoiner or ZeroWidthJoiner) && !IsNumberSign(rune),
        _ => false,
    };

    private static bool IsTag(Rune rune) => rune.Value is >= 0xE0020 and <= 0xE007F;

    /// <summary>Whether a format character is one that is seen: a sign that encloses the digits behind it (Unicode's Prepended_Concatenation_Mark).</summary>
    private static bool IsNumberSign(Rune rune) => rune.Value is (>= 0x0600 and <= 0x0605) or 0x06DD or 0x070F or 0x0890 or 0x0891 or 0x08E2 or 0x110BD or 0x110CD;
}
