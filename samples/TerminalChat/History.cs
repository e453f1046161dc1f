namespace TPacket.TerminalChat;

/// <summary>The newest lines, and which of their rows are to be seen.</summary>
/// <param name="maxLines">How many lines are kept.</param>
internal sealed class History(int maxLines)
{
    private readonly List<ChatLine> _lines = [];
    private int _width = 1;
    private int _height = 1;

    // The last row to be seen; null for the newest one, whatever comes.
    private (int Line, int Row)? _bottom;

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyList<ChatLine> Lines => _lines;

    /// <summary>Adds a line; who has scrolled back stays where they are.</summary>
    public void Add(ChatLine line)
    {
        _lines.Add(line);
        if (_lines.Count <= maxLines)
            return;
        _lines.RemoveAt(0);
        if (_bottom is { } bottom)
            _bottom = bottom.Line > 0 ? (bottom.Line - 1, bottom.Row) : (0, 0);
    }

    /// <summary>Scrolls back by so many pages of the size that was shown last, or forward below zero. One row is seen on both pages.</summary>
    public void Scroll(int pages)
    {
        if (_lines.Count > 0)
            _bottom = Move(_bottom ?? Newest, -pages * Math.Max(1, _height - 2));
    }

    /// <summary>What fits, oldest first, and how many lines are below it; for them one row is left free.</summary>
    /// <param name="width">How many cells a row has.</param>
    /// <param name="height">How many rows there are.</param>
    public (IReadOnlyList<HistoryRow> Rows, int Below) Show(int width, int height)
    {
        (_width, _height) = (width, height);
        if (_lines.Count == 0)
            return ([], 0);
        var up = Math.Max(0, height - 2);
        if (_bottom is { } scrolled)
        {
            // The page is full as long as there are rows for it.
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

    // As far as there are rows.
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
