using Spectre.Console;
using TPacket.TerminalChat;

namespace TPacket.Samples.Tests.TerminalChat;

/// <summary>What comes to a terminal of 20 cells and 4 rows.</summary>
public sealed class ScreenTests : IDisposable
{
    // In bold.
    private const string Nick = "\e[1ma: \e[0m";

    private readonly StringWriter _terminal = new();
    private readonly ChatScreen _screen = new();
    private readonly RowPainter _painter;
    private readonly IAnsiConsole _console;

    public ScreenTests()
    {
        _console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(_terminal) });
        (_console.Profile.Width, _console.Profile.Height) = (20, 4);
        _painter = new RowPainter(_console);
    }

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public void Only_rows_that_have_changed_are_written()
    {
        Say("one");
        Paint();
        Assert.Equal("", Paint());
        Say("two");
        Assert.Equal($"\e[3;1H{Nick}one              \e[4;1H{Nick}two              ", Paint());
    }

    [Fact]
    public void A_terminal_of_another_size_is_painted_anew()
    {
        Say("one");
        Paint();
        _console.Profile.Height = 3;
        Assert.StartsWith("\e[2J", Paint(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_said_is_no_markup_and_steers_nothing()
    {
        Say("[red]x[/]\e[31m");
        Assert.EndsWith($"\e[4;1H{Nick}[red]x[/]\uFFFD[31m   ", Paint(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_is_too_long_goes_on_in_the_next_row()
    {
        Say("12345 12345 12345 12345");
        Assert.EndsWith($"\e[3;1H{Nick}12345 12345 12345\e[4;1H12345               ", Paint(), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_has_scrolled_back_stays_there()
    {
        for (var i = 0; i < 10; i++)
            Say($"{i}");
        _screen.Scroll(3);
        var (lines, below) = _screen.Newest(2);
        Assert.Equal(("5", "6", 3), (lines[0].Text, lines[1].Text, below));

        Say("10");
        (lines, below) = _screen.Newest(2);
        Assert.Equal(("5", "6", 4), (lines[0].Text, lines[1].Text, below));
        Assert.Contains("-- 4 more below", Paint(), StringComparison.Ordinal);

        _screen.Scroll(-100);
        Assert.Equal("10", _screen.Newest(1).Lines.Single().Text);
        _screen.Scroll(100);
        Assert.Equal("0", _screen.Newest(1).Lines.Single().Text);
    }

    [Fact]
    public void The_oldest_lines_are_forgotten()
    {
        for (var i = 0; i < 2100; i++)
            Say($"{i}");
        Assert.Equal("100", _screen.Newest(int.MaxValue).Lines[0].Text);
    }

    private void Say(string text) => _screen.Add(new ChatLine(ChatLineKind.Said, text, "a"));

    private string Paint()
    {
        _terminal.GetStringBuilder().Clear();
        _painter.Paint(new Layout(new HistoryView(_screen)));
        return _terminal.ToString();
    }
}
