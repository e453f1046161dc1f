using System.Text;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, section 8.1: text is UTF-8, and fails with the first invalid byte.</summary>
public class TextMessageTests
{
    private const string Key = "00 00 00 00";

    [Theory]
    [InlineData("κόσμε")]
    [InlineData("aé€😀z")]
    [InlineData("\0\u007F\u0080\u07FF\u0800\uD7FF\uE000\uFFFD\uFFFF")]
    [InlineData("\U00010000\U0010FFFF")]
    public void Valid_text_is_read_at_every_split(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        Transcript.Expect(ClientFrames.Text(text), [$"Text {Hex.Of(utf8)}"]);
    }

    [Fact]
    public void Text_is_read_when_fragments_cut_its_characters()
    {
        var utf8 = Encoding.UTF8.GetBytes("aé€😀z");
        for (var cut = 0; cut <= utf8.Length; cut++)
        {
            var frames = Hex.Join(
                ClientFrames.Frame(0x01, utf8[..cut], [1, 2, 3, 4]), ClientFrames.Ping(0xFF), ClientFrames.Frame(0x80, utf8[cut..], [5, 6, 7, 8]));
            Transcript.Expect(frames, ["Ping ff", $"Text {Hex.Of(utf8)}"]);
        }
    }

    [Theory]
    [InlineData("c3")]
    [InlineData("e2 82")]
    [InlineData("f0 9f 98")]
    public void Text_that_ends_within_a_character_is_rejected_at_its_end(string cut)
    {
        var bytes = Hex.Bytes(cut);
        Transcript.ExpectViolationAtLastByte(Hex.Bytes($"81 {0x80 + bytes.Length:x2} {Key} {cut}"), Violations.TextNotUtf8);
        Transcript.ExpectViolationAtLastByte(Hex.Bytes($"01 {0x80 + bytes.Length:x2} {Key} {cut} 80 80 {Key}"), Violations.TextNotUtf8);
    }

    /// <summary>Prefixes with a last byte that no valid text can have there.</summary>
    public static TheoryData<string> FirstImpossibleBytes =>
    [
        "80", "bf", "c0", "c1", "f5", "ff", "fe",
        "41 80", "c3 41", "c3 c3", "e2 41", "e2 82 41", "e0 9f", "e0 80", "ed a0", "ed bf", "f0 8f", "f0 80", "f4 90", "f4 bf",
        "f0 9f 41", "f0 9f 98 41", "f1 80 80 c0", "ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0", "ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90",
    ];

    [Theory]
    [MemberData(nameof(FirstImpossibleBytes))]
    public void Text_fails_with_the_first_impossible_byte_within_an_unfinished_frame(string prefix) =>
        Transcript.ExpectViolationAtLastByte(Hex.Bytes($"81 fd {Key} {prefix}"), Violations.TextNotUtf8);

    [Theory]
    [MemberData(nameof(FirstImpossibleBytes))]
    public void Text_fails_with_the_first_impossible_byte_within_an_unfinished_message(string prefix)
    {
        var bytes = Hex.Bytes(prefix);
        Transcript.ExpectViolationAtLastByte(
            Hex.Join(Hex.Bytes($"01 {0x80 + bytes.Length - 1:x2} {Key}"), bytes[..^1], Hex.Bytes($"00 fd {Key}"), bytes[^1..]), Violations.TextNotUtf8);
    }
}
