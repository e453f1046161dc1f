namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, sections 5.4 and 5.6: messages of one frame and of many. The masking key of zeros keeps the payload readable.</summary>
public class FragmentationTests
{
    private const string Key = "00 00 00 00";

    [Fact]
    public void Reads_the_examples_of_section_5_7()
    {
        Transcript.Expect(Hex.Bytes("81 05 48 65 6c 6c 6f"), ["Text 48656c6c6f"], expectMasked: false);
        Transcript.Expect(Hex.Bytes("81 85 37 fa 21 3d 7f 9f 4d 51 58"), ["Text 48656c6c6f"]);
        Transcript.Expect(Hex.Bytes("01 03 48 65 6c 80 02 6c 6f"), ["Text 48656c6c6f"], expectMasked: false);
        Transcript.Expect(Hex.Bytes("89 05 48 65 6c 6c 6f"), ["Ping 48656c6c6f"], expectMasked: false);
        Transcript.Expect(Hex.Bytes("8a 85 37 fa 21 3d 7f 9f 4d 51 58"), ["Pong 48656c6c6f"]);
    }

    [Fact]
    public void Each_fragment_has_its_own_key() =>
        Transcript.Expect(Hex.Bytes("02 83 01 02 03 04 00 00 00 00 82 ff 00 ff 00 00 00 80 81 0a 0b 0c 0d 00"), ["Binary 010203ff000a"]);

    [Fact]
    public void An_empty_message_is_a_message()
    {
        Transcript.Expect(Hex.Bytes($"82 80 {Key}"), ["Binary "]);
        Transcript.Expect(Hex.Bytes($"81 80 {Key}"), ["Text "]);
    }

    [Fact]
    public void Empty_fragments_add_nothing()
    {
        Transcript.Expect(Hex.Bytes($"02 80 {Key} 00 80 {Key} 80 80 {Key}"), ["Binary "]);
        Transcript.Expect(Hex.Bytes($"02 80 {Key} 00 82 {Key} 01 02 00 80 {Key} 80 80 {Key}"), ["Binary 0102"]);
        Transcript.Expect(Hex.Bytes($"01 80 {Key} 80 81 {Key} 41"), ["Text 41"]);
        Transcript.Expect(Hex.Bytes($"01 81 {Key} 41 80 80 {Key}"), ["Text 41"]);
    }

    [Fact]
    public void Many_messages_arrive_in_one_input() =>
        Transcript.Expect(
            Hex.Bytes($"82 81 {Key} 01  81 81 {Key} 41  89 80 {Key}  82 80 {Key}  02 81 {Key} 02  80 81 {Key} 03  8a 81 {Key} 04  82 82 {Key} 05 06"),
            ["Binary 01", "Text 41", "Ping ", "Binary ", "Binary 0203", "Pong 04", "Binary 0506"]);

    [Fact]
    public void Control_frames_between_fragments_are_read_before_the_message() =>
        Transcript.Expect(
            Hex.Bytes($"01 82 {Key} 41 42  89 82 {Key} 01 02  00 81 {Key} 43  8a 81 {Key} 03  89 80 {Key}  80 81 {Key} 44"),
            ["Ping 0102", "Pong 03", "Ping ", "Text 41424344"]);

    [Fact]
    public void A_control_frame_within_a_character_does_not_change_the_text() =>
        Transcript.Expect(Hex.Bytes($"01 81 {Key} c3  89 81 {Key} ff  80 81 {Key} a9"), ["Ping ff", "Text c3a9"]);

    [Fact]
    public void A_close_frame_may_come_between_fragments() =>
        Transcript.Expect(Hex.Bytes($"02 81 {Key} 01  88 82 {Key} 03 e8"), ["Close 03e8"]);

    [Fact]
    public void Binary_messages_may_have_any_bytes_even_directly_after_text() =>
        Transcript.Expect(Hex.Bytes($"81 81 {Key} 41  82 83 {Key} ff c0 80  02 81 {Key} fe  80 81 {Key} ff"), ["Text 41", "Binary ffc080", "Binary feff"]);

    [Fact]
    public void A_continuation_without_a_message_is_rejected_with_its_header() =>
        Transcript.ExpectViolationAtLastByte(Hex.Bytes($"80 80 {Key}"), Violations.UnexpectedContinuation);

    [Fact]
    public void A_continuation_after_the_last_fragment_is_rejected() =>
        Transcript.Expect(
            Hex.Bytes($"02 81 {Key} 01  80 81 {Key} 02  00 80 {Key}"), ["Binary 0102", Transcript.Of(Violations.UnexpectedContinuation)]);

    [Theory]
    [InlineData("01")]
    [InlineData("81")]
    [InlineData("02")]
    [InlineData("82")]
    public void A_new_message_before_the_end_of_the_last_one_is_rejected_with_its_header(string first) =>
        Transcript.ExpectViolationAtLastByte(Hex.Bytes($"02 81 {Key} 01  {first} 80 {Key}"), Violations.ExpectedContinuation);

    [Fact]
    public void Messages_with_every_form_of_length_are_read_at_every_split_of_their_header()
    {
        foreach (var length in new[] { 125, 126, 127, 65535, 65536 })
        {
            var payload = new byte[length];
            new Random(length).NextBytes(payload);
            var frame = ClientFrames.Frame(0x82, payload, [0x11, 0x22, 0x33, 0x44]);
            var expected = new[] { $"Binary {Hex.Of(payload)}" };
            Assert.Equal(expected, Transcript.Read([[.. frame]]));
            foreach (var at in Enumerable.Range(1, 20).Concat([length / 2, length - 1, frame.Length - 1]))
                Assert.Equal(expected, Transcript.Read([frame[..at], frame[at..]]));
            Assert.Equal(expected, Transcript.Read([.. frame.Select(static b => new[] { b })]));
        }
    }
}
