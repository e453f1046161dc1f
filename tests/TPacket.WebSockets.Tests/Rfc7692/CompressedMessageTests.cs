using System.IO.Compression;
using System.Text;
using TPacket.WebSockets.Compression;

namespace TPacket.WebSockets.Tests.Rfc7692;

/// <summary>RFC 7692, section 6 and 7.2: compressed messages in frames. "Hello" and its compressed forms are those of section 7.2.3.</summary>
public class CompressedMessageTests
{
    private const string Hello = "f2 48 cd c9 c9 07 00";

    // A server's frames, so that the bytes can be read.
    private static readonly Func<Inflater> _takeover = static () => new Inflater(contextTakeover: true);
    private static readonly Func<Inflater> _noTakeover = static () => new Inflater(contextTakeover: false);

    [Theory]
    [InlineData("c1 07" + Hello)] // Section 7.2.3.1, one block with fixed codes.
    [InlineData("41 03 f2 48 cd 80 04 c9 c9 07 00")] // The same in two frames: RSV1 stands on the first only.
    [InlineData("c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00")] // Section 7.2.3.3, a block without compression.
    [InlineData("c1 08 f3 48 cd c9 c9 07 00 00")] // Section 7.2.3.4, a block with BFINAL.
    [InlineData("c1 0d f2 48 05 00 00 00 ff ff ca c9 c9 07 00")] // Section 7.2.3.5, two blocks.
    [InlineData("41 00 00 00 80 07" + Hello)] // The first frame may be empty.
    public void A_compressed_message_reads_as_what_was_compressed(string hex) => Expect(hex, ["Text 48656c6c6f"]);

    [Fact]
    public void Messages_share_a_window_where_that_was_agreed_on()
    {
        // Section 7.2.3.2: the second message is one reference to the first.
        const string twice = "c1 07" + Hello + "c1 05 f2 00 11 00 00";
        Transcript.Expect(Hex.Bytes(twice), ["Text 48656c6c6f", "Text 48656c6c6f"], expectMasked: false, inflater: _takeover);
        Assert.Equal(
            ["Text 48656c6c6f", Transcript.Of(Violations.CompressedDataInvalid)], Transcript.Read([Hex.Bytes(twice)], expectMasked: false, inflater: _noTakeover()));
    }

    [Fact]
    public void Without_a_shared_window_every_message_stands_for_itself() =>
        Transcript.Expect(Hex.Bytes("c1 07" + Hello + "c1 07" + Hello), ["Text 48656c6c6f", "Text 48656c6c6f"], expectMasked: false, inflater: _noTakeover);

    [Fact]
    public void Messages_that_are_not_compressed_come_in_between() =>
        Expect("81 02 68 69 c1 07" + Hello + "82 01 07 c2 07" + Hello, ["Text 6869", "Text 48656c6c6f", "Binary 07", "Binary 48656c6c6f"]);

    [Fact]
    public void Control_frames_come_in_between() =>
        Expect("41 03 f2 48 cd 89 01 07 80 04 c9 c9 07 00 88 02 03 e8", ["Ping 07", "Text 48656c6c6f", "Close 03e8"]);

    [Theory]
    [InlineData("c2 01 00", "Binary ")] // Section 7.2.3.6, no data.
    [InlineData("42 00 80 01 00", "Binary ")]
    public void An_empty_message_is_one_byte(string hex, string line) => Expect(hex, [line]);

    [Theory]
    [InlineData("c0")] // A continuation, outside of a message too.
    [InlineData("01 01 61 c0")]
    [InlineData("c8")]
    [InlineData("c9")]
    [InlineData("ca")]
    [InlineData("a1")] // RSV2 and RSV3 belong to nobody.
    [InlineData("91")]
    [InlineData("e1")]
    [InlineData("d1")]
    [InlineData("f1")]
    public void RSV1_anywhere_else_is_a_violation(string hex) =>
        Transcript.ExpectViolationAtLastByte(Hex.Bytes(hex), Violations.ReservedBits, expectMasked: false, inflater: _takeover);

    [Theory]
    [InlineData("c1")]
    [InlineData("c2")]
    public void RSV1_without_agreement_is_a_violation(string hex) => Transcript.ExpectViolationAtLastByte(Hex.Bytes(hex), Violations.ReservedBits, expectMasked: false);

    [Theory]
    [InlineData("c1 01 ff")] // A reserved type of block.
    [InlineData("c1 05 00 05 00 00 00")] // Lengths that do not agree.
    [InlineData("c1 03 f2 48 cd")] // Cut off.
    [InlineData("c1 00")] // Not even the byte of an empty message.
    [InlineData("41 03 f2 48 cd 80 00")]
    public void Data_that_does_not_decompress_is_1007(string hex) =>
        Transcript.ExpectViolationAtLastByte(Hex.Bytes(hex), Violations.CompressedDataInvalid, expectMasked: false, inflater: _takeover);

    [Fact]
    public void Text_is_judged_as_it_unpacks_before_its_frame_has_ended()
    {
        // A stored block of two bytes, of which the second cannot stand there, and a promise of more to come.
        Transcript.ExpectViolationAtLastByte(Hex.Bytes("41 7e 01 00 00 02 00 fd ff c3 28"), Violations.TextNotUtf8, expectMasked: false, inflater: _takeover);
        Transcript.ExpectViolationAtLastByte(Hex.Bytes("c1 07 00 01 00 fe ff c3 00"), Violations.TextNotUtf8, expectMasked: false, inflater: _takeover);
    }

    [Theory]
    [InlineData(1000, 1000, true)]
    [InlineData(1000, 1001, false)]
    [InlineData(1000, 50_000, false)]
    public void The_limit_is_for_what_a_message_unpacks_to(int limit, int length, bool accepted)
    {
        var lines = Transcript.Read([ServerFrames.Frame(0xC2, Deflate(new byte[length]))], expectMasked: false, limit, new Inflater(contextTakeover: false));

        Assert.Equal(accepted ? $"Binary {Hex.Of(new byte[length])}" : Transcript.Of(Violations.MessageTooBig), Assert.Single(lines));
    }

    [Fact]
    public void The_largest_limit_takes_compressed_messages_too() =>
        Transcript.Expect(Hex.Bytes("c1 07" + Hello), ["Text 48656c6c6f"], expectMasked: false, limit: int.MaxValue, _takeover);

    [Fact]
    public void Text_that_is_wrong_before_the_limit_is_wrong_first_however_it_is_cut()
    {
        // A stored block of 0xC3 0x28 and four more; the limit is three.
        var frame = Hex.Bytes("c1 0c 00 06 00 f9 ff c3 28 61 61 61 61 00");
        Transcript.Expect(frame, [Transcript.Of(Violations.TextNotUtf8)], expectMasked: false, limit: 3, inflater: _noTakeover);
        // And one that is wrong behind the limit.
        frame = Hex.Bytes("c1 0c 00 06 00 f9 ff 61 61 61 61 c3 28 00");
        Transcript.Expect(frame, [Transcript.Of(Violations.MessageTooBig)], expectMasked: false, limit: 3, inflater: _noTakeover);
    }

    [Fact]
    public void A_message_that_unpacks_without_end_is_refused_when_it_passes_the_limit()
    {
        var packed = Deflate(new byte[64 << 20]);
        // Only the beginning of it arrives, in the first of many frames.
        byte[] beginning = [0x42, 126, 0xFF, 0xFF, .. packed[..2000]];

        var lines = Transcript.Read([beginning], expectMasked: false, limit: 100_000, new Inflater(contextTakeover: false));

        Assert.Equal([Transcript.Of(Violations.MessageTooBig)], lines);
    }

    [Fact]
    public void A_compressed_message_may_be_a_little_longer_than_what_it_unpacks_to()
    {
        // Stored blocks of ten bytes each: half of it is overhead.
        var packed = new List<byte>();
        for (var i = 0; i < 100; i++)
            packed.AddRange([0x00, 10, 0, 0xF5, 0xFF, .. Encoding.ASCII.GetBytes("0123456789")]);
        packed.Add(0);

        Assert.StartsWith("Text 3031", Assert.Single(Transcript.Read([ServerFrames.Frame(0xC1, [.. packed])], expectMasked: false, limit: 1000, new Inflater(contextTakeover: false))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_unpacks_to_nothing_for_ever_is_refused()
    {
        // Empty stored blocks: no output, so only their own length can bound them.
        var empty = Enumerable.Repeat(new byte[] { 0x00, 0, 0, 0xFF, 0xFF }, 1000).SelectMany(static block => block).ToArray();

        var lines = Transcript.Read([ServerFrames.Frame(0x42, empty), ServerFrames.Frame(0x00, empty)], expectMasked: false, limit: 1000, new Inflater(contextTakeover: false));

        Assert.Equal([Transcript.Of(Violations.MessageTooBig)], lines);
    }

    private static void Expect(string hex, string[] lines)
    {
        Transcript.Expect(Hex.Bytes(hex), lines, expectMasked: false, inflater: _takeover);
        Transcript.Expect(Hex.Bytes(hex), lines, expectMasked: false, inflater: _noTakeover);
    }

    /// <summary>Compressed by the framework; without a final block, as after a flush, and without the flush's last four bytes.</summary>
    private static byte[] Deflate(byte[] data)
    {
        using var packed = new MemoryStream();
        using var deflate = new DeflateStream(packed, CompressionLevel.SmallestSize);
        deflate.Write(data);
        deflate.Flush();
        return packed.ToArray()[..^4];
    }
}
