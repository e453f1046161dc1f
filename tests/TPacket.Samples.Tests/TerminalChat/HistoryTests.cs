using TPacket.TerminalChat;

namespace TPacket.Samples.Tests.TerminalChat;

/// <summary>The visible part of a history on a screen of 20 cells and 5 rows.</summary>
public class HistoryTests
{
    private readonly History _history = new(maxLines: 100);

    [Fact]
    public void An_empty_history_shows_nothing()
    {
        _history.Scroll(1);
        Assert.Equal("", Show());
    }

    [Fact]
    public void The_newest_lines_are_shown()
    {
        Add(10);
        Assert.Equal("6 7 8 9 10", Show());
    }

    [Fact]
    public void Pages_overlap_by_a_row_and_end_with_the_lines()
    {
        Add(10);
        Show();
        _history.Scroll(1);
        Assert.Equal("4 5 6 7 +3", Show());
        _history.Scroll(1);
        Assert.Equal("1 2 3 4 +6", Show());
        _history.Scroll(1);
        Assert.Equal("1 2 3 4 +6", Show());
        _history.Scroll(-1);
        Assert.Equal("4 5 6 7 +3", Show());
        _history.Scroll(-1);
        Assert.Equal("6 7 8 9 10", Show());
        Add(1);
        Assert.Equal("7 8 9 10 1", Show());
    }

    [Fact]
    public void Few_lines_do_not_scroll()
    {
        Add(3);
        Show();
        _history.Scroll(1);
        Assert.Equal("1 2 3", Show());
    }

    [Fact]
    public void New_lines_do_not_move_a_user_that_has_scrolled_back()
    {
        Add(10);
        Show();
        _history.Scroll(1);
        Add(1);
        Assert.Equal("4 5 6 7 +4", Show());
    }

    [Fact]
    public void Every_row_of_a_long_line_is_shown()
    {
        _history.Add(new ChatLine(ChatLineKind.Logged, string.Join(' ', Enumerable.Range(100, 40))));
        var seen = new HashSet<string>(Show().Split(' '));
        for (var page = 0; page < 10; page++)
        {
            _history.Scroll(1);
            seen.UnionWith(Show().Split(' '));
        }

        Assert.Superset(Enumerable.Range(100, 40).Select(number => $"{number}").ToHashSet(), seen);
    }

    [Fact]
    public void Another_size_keeps_the_screen_full()
    {
        Add(10);
        Show();
        _history.Scroll(2);
        Assert.Equal("1 2 3 4 5 6 +4", Show(height: 7));
        Assert.Equal("1 2 3 4 5 6 7 8 9 10", Show(height: 20));
        Assert.Equal("10", Show(height: 1));
    }

    [Fact]
    public void The_oldest_lines_are_dropped_even_while_they_are_shown()
    {
        Add(100);
        Show();
        _history.Scroll(100);
        Assert.Equal("1 2 3 4 +96", Show());
        Add(50);
        Assert.Equal(100, _history.Lines.Count);
        Assert.Equal("51 52 53 54 +96", Show());
    }

    private void Add(int count)
    {
        for (var i = 1; i <= count; i++)
            _history.Add(new ChatLine(ChatLineKind.Logged, $"{i}"));
    }

    private string Show(int height = 5)
    {
        var (rows, below) = _history.Show(width: 20, height);
        return string.Join(' ', rows.Select(row => row.Line.Text[row.Start..row.End].TrimEnd())) + (below > 0 ? $" +{below}" : "");
    }
}
