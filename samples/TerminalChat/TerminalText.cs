using System.Globalization;
using System.Text;

namespace TPacket.TerminalChat;

/// <summary>Text of others', made fit for a terminal: what it says is shown, what it would do to the terminal is not done.</summary>
internal static class TerminalText
{
    /// <summary>One line, without control characters, escape sequences above all, and without marks that would turn the rest of the line round.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(rune.Value is '\t' or '\r' or '\n' ? new Rune(' ') : IsUnfit(rune) ? Rune.ReplacementChar : rune);
        return clean.ToString();
    }

    private static bool IsUnfit(Rune rune) =>
        Rune.IsControl(rune)
        || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
