using Spectre.Console;
using TPacket.Client;
using TPacket.TerminalChat;

namespace TPacket.Samples.Tests.TerminalChat;

/// <summary>The output for a terminal of 20 cells and 4 rows.</summary>
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
        Assert.Equal($"\e[2;1H\e[K{Nick}one\e[3;1H\e[K{Nick}two\e[4;1H\e[K\e7\e8", Paint());
    }

    [Fact]
    public void Each_connection_that_is_lost_is_announced_once_also_while_attempts_are_counted()
    {
        List<string> lines = [];
        _screen.Follow(line => lines.Add(line.ToString()));

        _screen.Add(new ClientState(ClientPhase.Ready));
        _screen.Add(new ClientState(ClientPhase.Joining) { Room = "cellar" });
        Lose(1);
        _screen.Add(new ClientState(ClientPhase.Connecting) { Attempt = 1 });
        Lose(2);
        _screen.Add(new ClientState(ClientPhase.Ready));
        Lose(3);

        Assert.Equal(["* Reconnecting: cut 1", "* Reconnecting: cut 3"], lines);

        void Lose(int attempt) => _screen.Add(new ClientState(ClientPhase.Reconnecting) { Attempt = attempt, Cause = new DisconnectCause(DisconnectKind.Lost, $"cut {attempt}") });
    }

    [Fact]
    public void A_resized_terminal_is_repainted()
    {
        Say("one");
        Paint();
        _console.Profile.Height = 3;
        Assert.StartsWith("\e[2J", Paint(), StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_are_shown_without_markup_and_control_sequences()
    {
        Say("[red]x[/]\e[31m");
        Assert.Contains($"\e[3;1H\e[K{Nick}[red]x[/]\uFFFD[31m\e[4", Paint(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_is_too_long_continues_in_the_next_row()
    {
        Say("12345 12345 12345 12345");
        Assert.Contains($"\e[2;1H\e[K{Nick}12345 12345 12345\e[3;1H\e[K  12345\e[4", Paint(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_cannot_imitate_the_line_of_another_user()
    {
        Say("xxxxxxxxxxxxxxx          bob: hi");
        Assert.Contains($"\e[2;1H\e[K{Nick}xxxxxxxxxxxxxxx\e[3;1H\e[K  bob: hi\e[4", Paint(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_with_a_time_begins_with_it()
    {
        var time = new DateTimeOffset(2026, 11, 29, 9, 5, 0, TimeZoneInfo.Local.GetUtcOffset(new DateTime(2026, 11, 29, 9, 5, 0)));
        _screen.Add(new RoomMessage(new RoomUser(1, "a"), "hello", IsHistory: true) { Offset = 3, Time = time.ToUniversalTime() }, self: null);
        _screen.Add(new RoomMessage(Sender: null, "It is late.", IsHistory: false) { Offset = 4, Time = time.ToUniversalTime() }, self: null);

        // The time and announcements of the host are dim.
        Assert.Contains($"\e[2;1H\e[K\e[2m09:05 \e[0m{Nick}hello\e[3;1H\e[K\e[2m09:05 It is late.\e[0m\e[4", Paint(), StringComparison.Ordinal);
        List<string> lines = [];
        _screen.Follow(line => lines.Add(line.ToString()));
        Assert.Equal(["09:05 a: hello", "09:05 It is late."], lines);
    }

    [Fact]
    public void A_user_that_has_scrolled_back_sees_the_number_of_lines_below()
    {
        for (var i = 0; i < 9; i++)
            Say($"{i}");
        Paint();
        _screen.Scroll(1);
        Assert.Contains("-- 1 more below, Page", Paint(width: 30), StringComparison.Ordinal);
    }

    [Fact]
    public void The_cursor_has_the_position_of_the_terminals_cursor()
    {
        Paint();
        Assert.Equal("\e[4;1H\e[K> 你\e7好\e8", Paint(before: "> 你", after: "好"));
        Assert.Equal("", Paint(before: "> 你", after: "好"));
    }

    private void Say(string text) => _screen.Add(new ChatLine(ChatLineKind.Said, text, "a"));

    private string Paint(int width = 20, string before = "", string after = "")
    {
        _console.Profile.Width = width;
        _terminal.GetStringBuilder().Clear();
        _painter.Paint(new Layout(new HistoryView(_screen)), before, after);
        return _terminal.ToString();
    }
}
