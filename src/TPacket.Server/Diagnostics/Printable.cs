using System.Globalization;
using System.Text;

namespace TPacket.Diagnostics;

/// <summary>
/// Escapes text for logs. Peers choose nicks, room names, origins and close reasons;
/// escaped text cannot break lines, reorder or hide other text, or flood the log.
/// </summary>
internal static class Printable
{
    /// <summary>The length in characters to which text is truncated.</summary>
    public const int MaxLength = 2000;

    /// <summary>Replaces each invisible or reordering character with <c>\u</c> and its code units in hexadecimal.</summary>
    /// <returns>The escaped text; the same instance if nothing was replaced.</returns>
    public static string Escape(string text)
    {
        if (text.Length <= MaxLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;

        var escaped = new StringBuilder(text.Length);
        var changed = text.Length > MaxLength;
        var rest = text.AsSpan(0, Math.Min(text.Length, MaxLength));
        while (!rest.IsEmpty)
        {
            // A lone surrogate decodes as U+FFFD; the text shows its own code unit instead.
            var isWhole = Rune.DecodeFromUtf16(rest, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (isWhole && IsPrintable(rune))
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

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
