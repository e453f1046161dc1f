using System.Text;
using TPacket.Server.Nicks;

namespace TPacket.Server.Tests.Nicks;

/// <summary>The tables of Unicode.bin agree with the runtime about each character.</summary>
public class NickTextTests
{
    [Trait("Speed", "Slow")]
    [Fact]
    public void Every_form_of_a_character_reads_the_same()
    {
        // With invariant globalization the runtime supports one form only.
        foreach (var text in Characters().Select(char.ConvertFromUtf32))
        {
            var reading = NickText.ReadingOf(text);
            foreach (var form in new[] { NormalizationForm.FormC, NormalizationForm.FormD, NormalizationForm.FormKC, NormalizationForm.FormKD })
                Assert.True(reading == NickText.ReadingOf(text.Normalize(form)), $"{char.ConvertToUtf32(text, 0):X4} {form}");
        }
    }

    [Theory]
    [InlineData("\u0345\u0301\u2A28", "\u0301\u0345\u2A28")]
    [InlineData("\u03B1\u0345\u0301", "\u03B1\u0301\u0345")]
    [InlineData("\u1F80\u0301", "\u1F04\u0345")]
    [InlineData("\u1FB3\u0301", "\u1FB4")]
    [InlineData("\u1FBC\u0342", "\u1FB7")]
    public void An_iota_subscript_is_ordered_among_the_marks(string nick, string same)
    {
        Assert.Equal(NickText.ReadingOf(nick), NickText.ReadingOf(same));
        Assert.EndsWith("\u03B9", NickText.ReadingOf(nick).TrimEnd('\u2A28'));
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void A_letter_reads_the_same_in_either_case()
    {
        foreach (var text in Enumerable.Range(0, 0x110000).Where(static codePoint => codePoint is < 0xD800 or > 0xDFFF).Select(char.ConvertFromUtf32))
        {
            // Case folding unites more characters than casing, except for the Turkish i.
            if (text is not ("\u0130" or "\u0131"))
                Assert.True(NickText.ReadingOf(text) == NickText.ReadingOf(text.ToUpperInvariant().ToLowerInvariant()), $"{char.ConvertToUtf32(text, 0):X4}");
        }
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void The_reading_of_a_reading_is_equal_to_it()
    {
        foreach (var text in Characters().Select(char.ConvertFromUtf32))
            Assert.Equal(NickText.ReadingOf(text), NickText.ReadingOf(NickText.ReadingOf(text)));
    }

    [Fact]
    public void The_skeleton_of_ASCII_needs_no_tables()
    {
        for (var character = ' '; character <= '~'; character++)
        {
            var nick = $"x{character}x";
            Assert.Equal(NickText.SkeletonOf(nick), NickIdentity.AsciiSkeletonOf(NickText.ReadingOf(nick)));
        }
    }

    [Theory]
    [InlineData("alice", false, true)]
    [InlineData("\u0430\u043B\u0438\u0441\u0430", false, false)]
    [InlineData("\u0430lice", true, false)]
    [InlineData("123", false, true)]
    [InlineData("\u7530\u4E2D\u3055\u3093", false, false)] // Japanese mixes scripts; it is one of its own.
    [InlineData("Li\u674E", true, false)]
    public void The_scripts_of_a_text_have_all_of_its_characters(string text, bool mixed, bool latin)
    {
        var scripts = ScriptSet.Of(text);

        Assert.Equal((mixed, latin), (scripts.IsEmpty, !(scripts & ScriptSet.Latin).IsEmpty));
    }

    // The tables do not have the later versions of Unicode that the runtime has.
    private static IEnumerable<int> Characters() =>
        Enumerable.Range(0, 0x110000).Where(static codePoint => codePoint is < 0xD800 or > 0xDFFF && UnicodeTables.Instance.IsKnown(codePoint));
}
