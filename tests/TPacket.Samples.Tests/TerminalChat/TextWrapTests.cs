using TPacket.TerminalChat;

namespace TPacket.Samples.Tests.TerminalChat;

public class TextWrapTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("12345678", "12345678")]
    [InlineData("one two three", "one two |three")]
    [InlineData("one two  three", "one two  |three")]
    [InlineData("1234567 8", "1234567 |8")]
    [InlineData("12345678901234567890", "12345678|901234|567890")]
    [InlineData("a 1234567890", "a |123456|7890")]
    [InlineData("a 1234567", "a |123456|7")]
    [InlineData("你好你好你好你好", "你好你好|你好你|好")]
    [InlineData("1234567你", "1234567|你")]
    [InlineData("1234567e\u0301e\u0301", "1234567e\u0301|e\u0301")]
    [InlineData("1234567😀", "1234567|😀")]
    public void Rows_are_no_wider_than_the_screen(string text, string rows) =>
        Assert.Equal(rows, string.Join('|', TextWrap.Wrap(text, width: 8).Select(range => text[range])));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_screen_without_space_loses_no_character(int width) =>
        Assert.Equal("你a 好b", string.Concat(TextWrap.Wrap("你a 好b", width).Select(range => "你a 好b"[range])));
}
