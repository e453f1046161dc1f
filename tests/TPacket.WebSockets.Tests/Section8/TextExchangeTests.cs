namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, section 8.1: text is echoed, or fails the connection with the first byte that no valid text can have there, at every split of frames and reads.</summary>
public class TextExchangeTests
{
    // "κόσμε", a surrogate, and "edited".
    private const string Invalid = "ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80 65 64 69 74 65 64";

    public static TheoryData<Role, string, string, bool> Sequences
    {
        get
        {
            var data = new TheoryData<Role, string, string, bool>();
            foreach (var role in Enum.GetValues<Role>())
            {
                foreach (var (number, hex, valid) in Utf8Sequences.All)
                    data.Add(role, number, hex, valid);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sequences))]
    public void Each_sequence_is_echoed_or_fails_the_connection(Role role, string number, string hex, bool valid)
    {
        Assert.NotEmpty(number);
        var text = Hex.Bytes(hex);
        foreach (var frames in InFrames(text))
        {
            if (valid)
                EchoAssert.Answers(role, frames.Bytes, $"Text {Hex.Of(text)}");
            else
                EchoAssert.Fails(role, frames.UpTo(FirstImpossible(text)), Violations.TextNotUtf8);
        }
    }

    [Theory]
    [BothRoles("81 00", "Text ")]
    [BothRoles("01 00  00 00  80 00", "Text ")]
    [BothRoles("01 00  00 02 c3 a9  80 00", "Text c3a9")]
    [BothRoles("81 14 48 65 6c 6c 6f 2d c2 b5 40 c3 9f c3 b6 c3 a4 c3 bc c3 a0 21", "Text 48656c6c6f2dc2b540c39fc3b6c3a4c3bcc3a021")]
    [BothRoles("01 07 48 65 6c 6c 6f 2d c2  80 0d b5 40 c3 9f c3 b6 c3 a4 c3 bc c3 a0 21", "Text 48656c6c6f2dc2b540c39fc3b6c3a4c3bcc3a021")]
    public void Valid_text_is_echoed(Role role, string frames, string echo) => EchoAssert.Answers(role, frames, echo);

    [Theory]
    [BothRoles]
    public void Invalid_text_fails_in_the_frame_that_makes_it_invalid(Role role)
    {
        // In one frame, of which the rest never arrives; and in three frames, of which the third never arrives.
        EchoAssert.Fails(role, "81 14 ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0", Violations.TextNotUtf8);
        EchoAssert.Fails(role, "01 0b ce ba e1 bd b9 cf 83 ce bc ce b5  00 03 ed a0", Violations.TextNotUtf8);
        // A code point beyond U+10FFFF.
        EchoAssert.Fails(role, "81 15 ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90", Violations.TextNotUtf8);
        EchoAssert.Fails(role, "01 0c ce ba e1 bd b9 cf 83 ce bc ce b5 f4  00 04 90", Violations.TextNotUtf8);
    }

    [Theory]
    [BothRoles]
    public void Invalid_text_fails_wherever_its_frames_are_cut(Role role)
    {
        var text = Hex.Bytes(Invalid);
        foreach (var frames in InFrames(text))
            EchoAssert.Fails(role, frames.UpTo(FirstImpossible(text)), Violations.TextNotUtf8);
    }

    [Theory]
    [BothRoles("01 01 c3  89 01 07  80 01 28", "Pong 07")]
    [BothRoles("81 01 61  82 02 c3 28  81 02 c3 28", "Text 61", "Binary c328")]
    public void Messages_before_invalid_text_are_answered(Role role, string frames, params string[] answers) => EchoAssert.Fails(role, frames, Violations.TextNotUtf8, answers);

    /// <summary>Text in one frame, in two frames with every split, and in frames of one byte.</summary>
    private static IEnumerable<TextFrames> InFrames(byte[] text)
    {
        yield return TextFrames.Of(text);
        for (var at = 1; at < text.Length; at++)
            yield return TextFrames.Of(text[..at], text[at..]);
        if (text.Length > 2)
            yield return TextFrames.Of([.. text.Select(static b => new[] { b })]);
    }

    /// <summary>Index of the byte with which the text fails; its length if only its end fails.</summary>
    private static int FirstImpossible(byte[] text) => StrictUtf8.FirstImpossible(text) is >= 0 and var at ? at : text.Length;
}
