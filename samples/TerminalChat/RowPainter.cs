using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace TPacket.TerminalChat;

/// <summary>Draws a page in one write, and only the rows that have changed. This avoids flicker and saves bandwidth on a slow line.</summary>
internal sealed class RowPainter(IAnsiConsole console)
{
    private readonly List<string> _painted = [];
    private (int Width, int Height) _size;

    /// <summary>Draws a page with the cursor in its last row.</summary>
    /// <param name="page">All rows but the last.</param>
    /// <param name="before">The text before the cursor in the last row, without control characters.</param>
    /// <param name="after">The text after the cursor.</param>
    public void Paint(IRenderable page, string before, string after)
    {
        var frame = new StringBuilder();
        var (width, height) = (console.Profile.Width, console.Profile.Height);
        if (_size != (width, height))
        {
            // Terminals treat existing rows differently when their size changes, so redraw all.
            _size = (width, height);
            _painted.Clear();
            frame.Append("\e[2J");
        }

        var rows = Segment.SplitLines(page.Render(RenderOptions.Create(console) with { Height = height - 1 }, width), width);
        for (var row = 0; row < Math.Min(rows.Count, height - 1); row++)
            Paint(frame, row, console.ToAnsi(new Row(rows[row])).TrimEnd(' '));
        // Terminals differ in the width of some characters, so let the terminal itself save and restore the cursor.
        Paint(frame, height - 1, $"{before}\e7{after}\e8", evenIfTheSame: frame.Length > 0);
        if (frame.Length == 0)
            return;
        console.Profile.Out.Writer.Write(frame);
        console.Profile.Out.Writer.Flush();
    }

    private void Paint(StringBuilder frame, int row, string content, bool evenIfTheSame = false)
    {
        while (_painted.Count <= row)
            _painted.Add("");
        if (_painted[row] == content && !evenIfTheSame)
            return;
        _painted[row] = content;
        frame.Append(System.Globalization.CultureInfo.InvariantCulture, $"\e[{row + 1};1H\e[K{content}");
    }

    private sealed class Row(SegmentLine segments) : Renderable
    {
        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => segments;
    }
}
