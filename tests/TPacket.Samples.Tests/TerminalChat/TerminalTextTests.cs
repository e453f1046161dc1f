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
    public void What_others_say_cannot_steer_the_terminal(string text, string clean) => Assert.Equal(clean, TerminalText.Clean(text));

    [Fact]
    public void Half_a_character_is_none() => Assert.Equal("half \uFFFD", TerminalText.Clean("half \uD83D"));
}
