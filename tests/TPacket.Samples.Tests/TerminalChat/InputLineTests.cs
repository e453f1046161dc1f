using TPacket.TerminalChat;

namespace TPacket.Samples.Tests.TerminalChat;

public class InputLineTests
{
    private readonly InputLine _line = new();

    [Fact]
    public void Typed_text_is_inserted_at_the_cursor()
    {
        Type("hllo");
        Press(ConsoleKey.Home);
        Press(ConsoleKey.RightArrow);
        Type("e");
        Assert.Equal(("hello", 2), (_line.Text, _line.Cursor));
        Assert.Equal("hello", Press(ConsoleKey.Enter));
        Assert.Equal(("", 0), (_line.Text, _line.Cursor));
    }

    [Theory]
    [InlineData("a😀")]
    [InlineData("ae\u0301")]
    [InlineData("a👨‍👩‍👧")]
    [InlineData("a你")]
    public void A_character_is_deleted_as_a_whole(string text)
    {
        Type(text);
        Press(ConsoleKey.LeftArrow);
        Assert.Equal(1, _line.Cursor);
        Press(ConsoleKey.Delete);
        Assert.Equal("a", _line.Text);
        Type(text[1..]);
        Press(ConsoleKey.Backspace);
        Assert.Equal("a", _line.Text);
    }

    [Fact]
    public void Keys_at_the_ends_do_nothing()
    {
        Press(ConsoleKey.Backspace);
        Press(ConsoleKey.LeftArrow);
        Type("a");
        Press(ConsoleKey.Delete);
        Press(ConsoleKey.RightArrow);
        Assert.Equal(("a", 1), (_line.Text, _line.Cursor));
    }

    [Fact]
    public void Control_keys_go_to_the_ends_and_clear()
    {
        Type("one two");
        Press(ConsoleKey.A, ConsoleModifiers.Control);
        Assert.Equal(0, _line.Cursor);
        Press(ConsoleKey.E, ConsoleModifiers.Control);
        Assert.Equal(7, _line.Cursor);
        Press(ConsoleKey.LeftArrow);
        Press(ConsoleKey.U, ConsoleModifiers.Control);
        Assert.Equal("o", _line.Text);
        Press(ConsoleKey.End);
        Type("ne two  ");
        Press(ConsoleKey.W, ConsoleModifiers.Control);
        Assert.Equal("one ", _line.Text);
        Press(ConsoleKey.W, ConsoleModifiers.Control);
        Type("old");
        Press(ConsoleKey.LeftArrow);
        Press(ConsoleKey.LeftArrow);
        Press(ConsoleKey.K, ConsoleModifiers.Control);
        _line.Press(new ConsoleKeyInfo('\e', ConsoleKey.Escape, shift: false, alt: false, control: false));
        Assert.Equal("o", _line.Text);
    }

    [Fact]
    public void Sent_lines_can_be_recalled()
    {
        foreach (var text in new[] { "first", "second" })
        {
            Type(text);
            Press(ConsoleKey.Enter);
        }

        Press(ConsoleKey.UpArrow);
        Assert.Equal("second", _line.Text);
        Press(ConsoleKey.UpArrow);
        Press(ConsoleKey.UpArrow);
        Assert.Equal("first", _line.Text);
        Press(ConsoleKey.DownArrow);
        Press(ConsoleKey.DownArrow);
        Press(ConsoleKey.DownArrow);
        Assert.Equal("", _line.Text);
    }

    [Theory]
    [InlineData("hello", 10, 0, "hello", " ", "")]
    [InlineData("hello", 4, 0, "llo", " ", "")]
    [InlineData("hello", 4, 5, "", "h", "ell")]
    [InlineData("hello", 3, 2, "el", "l", "")]
    [InlineData("你好世界", 5, 0, "世界", " ", "")]
    [InlineData("你好世界", 5, 4, "", "你", "好")]
    public void The_cursor_is_always_visible(string text, int width, int left, string before, string at, string after)
    {
        Type(text);
        for (var i = 0; i < left; i++)
            Press(ConsoleKey.LeftArrow);
        Assert.Equal((before, at, after), _line.Window(width, static text => text.Sum(static c => c > 0x2E80 ? 2 : 1)));
    }

    private void Type(string text)
    {
        foreach (var c in text)
            _line.Press(new ConsoleKeyInfo(c, ConsoleKey.None, shift: false, alt: false, control: false));
    }

    private string? Press(ConsoleKey key, ConsoleModifiers modifiers = ConsoleModifiers.None) =>
        _line.Press(new ConsoleKeyInfo('\0', key, shift: false, alt: false, control: modifiers == ConsoleModifiers.Control));
}
