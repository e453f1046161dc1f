using System.Globalization;
using System.Text;

namespace TPacket.Diagnostics;

/// <summary>Text for a log. A peer chooses nicks, room names, origins and close reasons: escaped, they cannot end a line, reorder or hide what follows them, or fill the log.</summary>
internal static class Printable
{
    /// <summary>Characters after which a text is cut.</summary>
    public const int MaxLength = 2000;

    /// <summary>Replaces each character that does not show as itself with <c>\u</c> and its code units in hexadecimal.</summary>
    /// <returns>The same instance where there is nothing to replace.</returns>
    public static string Escape(string text)
    {
        if (text.Length <= MaxLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;

        var escaped = new StringBuilder(text.Length);
        var changed = text.Length > MaxLength;
        var rest = text.AsSpan(0, Math.Min(text.Length, MaxLength));
        while (!rest.IsEmpty)
        {
            // A lone surrogate is decoded as U+FFFD, but its own code unit is what has to show.
            var isWhole = Rune.DecodeFromUtf16(rest, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (isWhole && Shows(rune))
            {
                escaped.Append(rest[..length]);
            }
            else
            {
                changed = true;
                foreach (var unit in rest[..length])
                    escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}");
            }

            rest = rest[length..];
        }

        if (text.Length > MaxLength)
            escaped.Append('…');
        return changed ? escaped.ToString() : text;
    }

    private static bool Shows(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
