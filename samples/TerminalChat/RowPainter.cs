using Spectre.Console;
using Spectre.Console.Rendering;

namespace TPacket.TerminalChat;

/// <summary>Puts a page on a terminal, row by row, and writes only the rows that have changed: nothing flickers, and little has to pass a slow line.</summary>
internal sealed class RowPainter(IAnsiConsole console)
{
    private readonly List<string> _painted = [];
    private (int Width, int Height) _size;

    /// <summary>Puts a page on the terminal: one that has something for each cell, if only a space.</summary>
    public void Paint(IRenderable page)
    {
        var size = (console.Profile.Width, console.Profile.Height);
        if (_size != size)
        {
            // What a terminal makes of its rows when it changes its size, nobody knows.
            _size = size;
            _painted.Clear();
            console.Write(new ControlCode("\e[2J"));
        }

        var rows = Segment.SplitLines(page.GetSegments(console), size.Width);
        for (var row = 0; row < Math.Min(rows.Count, size.Height); row++)
            Paint(row, rows[row]);
    }

    private void Paint(int row, SegmentLine segments)
    {
        var content = string.Join('\0', segments.Select(segment => $"{segment.Style.ToMarkup()}\0{segment.Text}"));
        if (row < _painted.Count && _painted[row] == content)
            return;
        while (_painted.Count <= row)
            _painted.Add("");
        _painted[row] = content;
        console.Write(new ControlCode($"\e[{row + 1};1H"));
        console.Write(new Row(segments));
    }

    private sealed class Row(SegmentLine segments) : Renderable
    {
        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => segments;
    }
}
