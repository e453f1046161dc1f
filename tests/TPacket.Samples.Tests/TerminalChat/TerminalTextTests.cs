using System.Globalization;
using System.Text;
using TPacket.TerminalChat;

namespace TPacket.Samples.Tests.TerminalChat;

public class TerminalTextTests
{
    [Theory]
    [InlineData("grüße 你好 😀 👨‍👩‍👧 e\u0301", "grüße 你好 😀 👨‍👩‍👧 e\u0301")]
    [InlineData("\e[2J\e]0;title\a", "\uFFFD[2J\uFFFD]0;title\uFFFD")]
    [InlineData("\u009B31m", "\uFFFD31m")]
    [InlineData("a\r\nb\tc\0", "a  b c\uFFFD")]
    [InlineData("a\u202Eb\u2066c\u2028d", "a\uFFFDb\uFFFDc\uFFFDd")]
    public void Messages_cannot_control_the_terminal(string text, string clean) => Assert.Equal(clean, TerminalText.Clean(text));

    [Fact]
    public void All_direction_marks_are_made_visible()
    {
        // Unicode's Bidi_Control.
        int[] marks = [0x061C, 0x200E, 0x200F, .. Enumerable.Range(0x202A, 5), .. Enumerable.Range(0x2066, 4)];
        Assert.All(marks, static mark => Assert.Equal("a\uFFFDb", TerminalText.Clean($"a{new Rune(mark)}b")));
    }

    [Fact]
    public void All_characters_of_the_category_format_are_made_visible_except_joiners_and_visible_signs()
    {
        int[] kept = [0x200C, 0x200D, .. Enumerable.Range(0x0600, 6), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD];
        var formats = Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Where(static value => Rune.GetUnicodeCategory(new Rune(value)) == UnicodeCategory.Format).ToArray();
        Assert.Contains(0x00AD, formats);
        Assert.Contains(0xFEFF, formats);

        Assert.Equal(kept.Order(), formats.Where(static value => TerminalText.Clean($"a{new Rune(value)}") != "a\uFFFD"));
    }

    [Theory]
    [InlineData("\U0001F468\u200D\U0001F469\u200D\U0001F467")]
    [InlineData("\u2764\uFE0F\u200D\U0001F525 1\uFE0F\u20E3 \U0001F44D\U0001F3FD")]
    [InlineData("\U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F Scotland")]
    [InlineData("\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645 \u0915\u094D\u200D\u0937")]
    public void Joiners_of_emoji_and_letters_are_kept(string text) => Assert.Equal(text, TerminalText.Clean(text));

    [Fact]
    public void Tags_without_a_flag_are_made_visible() =>
        Assert.Equal("hi\uFFFD\uFFFD \U0001F3F4x\uFFFD", TerminalText.Clean("hi\U000E0067\U000E007F \U0001F3F4x\U000E0067"));

    [Fact]
    public void Half_a_surrogate_pair_is_replaced() => Assert.Equal("half \uFFFD", TerminalText.Clean("half \uD83D"));
}
