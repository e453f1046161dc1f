using System.Globalization;
using Spectre.Console.Rendering;

namespace TPacket.TerminalChat;

/// <summary>Breaks lines into rows.</summary>
internal static class TextWrap
{
    /// <summary>The indentation in cells of all rows but the first. It keeps users from imitating another user's line.</summary>
    public const int Indent = 2;

    /// <summary>
    /// Returns the start and the end of each row. Breaks between words, and within a word that is longer than a row. Spaces at the end of a row take no width.
    /// </summary>
    /// <param name="text">A text without control characters.</param>
    /// <param name="width">The width of a row in cells.</param>
    public static List<Range> Wrap(string text, int width)
    {
        var rows = new List<Range>();
        var (start, word, cells, room) = (0, 0, 0, width);
        for (var at = 0; at < text.Length;)
        {
            var next = at + StringInfo.GetNextTextElementLength(text, at);
            var wide = Cells(text[at..next]);
            if (text[at] == ' ')
            {
                word = next;
            }
            else if (cells + wide > room && at > start)
            {
                var end = word > start ? word : at;
                rows.Add(start..end);
                (at, start, cells, room) = (end, end, 0, width - Indent);
                continue;
            }

            (at, cells) = (next, cells + wide);
        }

        rows.Add(start..text.Length);
        return rows;
    }

    /// <summary>Returns the width in cells of a text without control characters.</summary>
    public static int Cells(string text) => new Segment(text).CellCount();
}
