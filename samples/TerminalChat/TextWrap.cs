using System.Globalization;
using Spectre.Console.Rendering;

namespace TPacket.TerminalChat;

/// <summary>Breaks lines into rows.</summary>
internal static class TextWrap
{
    /// <summary>How far all rows but the first are moved in: so that nobody can make a part of what they say look like another's line.</summary>
    public const int Indent = 2;

    /// <summary>Where the rows of a line begin and end: between words, and within one that has no room in a row. Blanks at the end of a row need none.</summary>
    /// <param name="text">A text without control characters.</param>
    /// <param name="width">How many cells a row has.</param>
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

    /// <summary>How many cells a text without control characters takes.</summary>
    public static int Cells(string text) => new Segment(text).CellCount();
}
