namespace TPacket.TerminalChat;

/// <summary>The newest lines, and the range of visible rows.</summary>
/// <param name="maxLines">The maximum number of lines.</param>
internal sealed class History(int maxLines)
{
    private readonly List<ChatLine> _lines = [];
    private int _width = 1;
    private int _height = 1;

    // The last visible row; null to follow the newest row.
    private (int Line, int Row)? _bottom;

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyList<ChatLine> Lines => _lines;

    /// <summary>Adds a line. A view that is scrolled back keeps its place.</summary>
    public void Add(ChatLine line)
    {
        _lines.Add(line);
        if (_lines.Count <= maxLines)
            return;
        _lines.RemoveAt(0);
        if (_bottom is { } bottom)
            _bottom = bottom.Line > 0 ? (bottom.Line - 1, bottom.Row) : (0, 0);
    }

    /// <summary>Scrolls back by a number of pages of the last shown size; a negative number scrolls forward. Two pages overlap by one row.</summary>
    public void Scroll(int pages)
    {
        if (_lines.Count > 0)
            _bottom = Move(_bottom ?? Newest, -pages * Math.Max(1, _height - 2));
    }

    /// <summary>Returns the visible rows, oldest first, and the number of lines below. If there are lines below, one row is left free.</summary>
    /// <param name="width">The width of a row in cells.</param>
    /// <param name="height">The number of rows.</param>
    public (IReadOnlyList<HistoryRow> Rows, int Below) Show(int width, int height)
    {
        (_width, _height) = (width, height);
        if (_lines.Count == 0)
            return ([], 0);
        var up = Math.Max(0, height - 2);
        if (_bottom is { } scrolled)
        {
            // Fill the page if there are enough rows.
            scrolled = Move(Move(scrolled, -up), up);
            _bottom = scrolled == Newest ? null : scrolled;
        }

        var bottom = _bottom ?? Newest;
        var rows = new List<HistoryRow>();
        for (var at = Move(bottom, _bottom is null ? 1 - height : -up); ; at = Move(at, 1))
        {
            var range = TextWrap.Wrap(_lines[at.Line].ToString(), _width)[at.Row];
            rows.Add(new HistoryRow(_lines[at.Line], range.Start.Value, range.End.Value));
            if (at == bottom)
                return (rows, _lines.Count - 1 - bottom.Line);
        }
    }

    private (int Line, int Row) Newest => (_lines.Count - 1, RowsOf(_lines.Count - 1) - 1);

    // Stop at the first row.
    private (int Line, int Row) Move((int Line, int Row) from, int rows)
    {
        var (line, row) = (from.Line, from.Row + rows);
        while (row < 0 && line > 0)
            row += RowsOf(--line);
        row = Math.Max(0, row);
        for (var here = RowsOf(line); row >= here; here = RowsOf(line))
        {
            if (line == _lines.Count - 1)
                return (line, here - 1);
            row -= here;
            line++;
        }

        return (line, row);
    }

    private int RowsOf(int line) => TextWrap.Wrap(_lines[line].ToString(), _width).Count;
}
