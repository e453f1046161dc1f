using System.IO.Compression;
using System.Text;
using TPacket.WebSockets.Compression;

namespace TPacket.WebSockets.Tests.Rfc7692;

/// <summary>RFC 7692, sections 6 and 7.2: compressed messages in frames. Section 7.2.3 gives "Hello" and its compressed forms.</summary>
public class CompressedMessageTests
{
    private const string Hello = "f2 48 cd c9 c9 07 00";

    // A server's frames, which are readable because they are not masked.
    private static readonly Func<Inflater> _takeover = static () => new Inflater(contextTakeover: true);
    private static readonly Func<Inflater> _noTakeover = static () => new Inflater(contextTakeover: false);

    [Theory]
    [InlineData("c1 07" + Hello)] // Section 7.2.3.1, one block with fixed codes.
    [InlineData("41 03 f2 48 cd 80 04 c9 c9 07 00")] // The same in two frames: RSV1 is set on the first only.
    [InlineData("c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00")] // Section 7.2.3.3, a block without compression.
    [InlineData("c1 08 f3 48 cd c9 c9 07 00 00")] // Section 7.2.3.4, a block with BFINAL.
    [InlineData("c1 0d f2 48 05 00 00 00 ff ff ca c9 c9 07 00")] // Section 7.2.3.5, two blocks.
    [InlineData("41 00 00 00 80 07" + Hello)] // The first frame may be empty.
    public void A_compressed_message_is_decompressed(string hex) => Expect(hex, ["Text 48656c6c6f"]);

    [Fact]
    public void Messages_share_a_window_with_context_takeover()
    {
        // Section 7.2.3.2: the second message is one reference to the first.
        const string twice = "c1 07" + Hello + "c1 05 f2 00 11 00 00";
        Transcript.Expect(Hex.Bytes(twice), ["Text 48656c6c6f", "Text 48656c6c6f"], expectMasked: false, inflater: _takeover);
        Assert.Equal(
            ["Text 48656c6c6f", Transcript.Of(Violations.CompressedDataInvalid)], Transcript.Read([Hex.Bytes(twice)], expectMasked: false, inflater: _noTakeover()));
    }

    [Fact]
    public void Without_context_takeover_messages_are_independent() =>
        Transcript.Expect(Hex.Bytes("c1 07" + Hello + "c1 07" + Hello), ["Text 48656c6c6f", "Text 48656c6c6f"], expectMasked: false, inflater: _noTakeover);

    [Fact]
    public void Uncompressed_messages_may_come_in_between() =>
        Expect("81 02 68 69 c1 07" + Hello + "82 01 07 c2 07" + Hello, ["Text 6869", "Text 48656c6c6f", "Binary 07", "Binary 48656c6c6f"]);

    [Fact]
    public void Control_frames_may_come_in_between() =>
        Expect("41 03 f2 48 cd 89 01 07 80 04 c9 c9 07 00 88 02 03 e8", ["Ping 07", "Text 48656c6c6f", "Close 03e8"]);

    [Theory]
    [InlineData("c2 01 00", "Binary ")] // Section 7.2.3.6, an empty message.
    [InlineData("42 00 80 01 00", "Binary ")]
    public void An_empty_message_is_one_byte(string hex, string line) => Expect(hex, [line]);

    [Theory]
    [InlineData("c0")] // A continuation, even without a message.
    [InlineData("01 01 61 c0")]
    [InlineData("c8")]
    [InlineData("c9")]
    [InlineData("ca")]
    [InlineData("a1")] // RSV2 and RSV3 are reserved.
    [InlineData("91")]
    [InlineData("e1")]
    [InlineData("d1")]
    [InlineData("f1")]
    public void RSV1_anywhere_else_is_a_violation(string hex) =>
        Transcript.ExpectViolationAtLastByte(Hex.Bytes(hex), Violations.ReservedBits, expectMasked: false, inflater: _takeover);

    [Theory]
    [InlineData("c1")]
    [InlineData("c2")]
    public void RSV1_without_negotiation_is_a_violation(string hex) => Transcript.ExpectViolationAtLastByte(Hex.Bytes(hex), Violations.ReservedBits, expectMasked: false);

    [Theory]
    [InlineData("c1 01 ff")] // A reserved type of block.
    [InlineData("c1 05 00 05 00 00 00")] // The length does not match its complement.
    [InlineData("c1 03 f2 48 cd")] // Truncated.
    [InlineData("c1 00")] // Not even the byte of an empty message.
    [InlineData("41 03 f2 48 cd 80 00")]
    public void Data_that_does_not_decompress_is_1007(string hex) =>
        Transcript.ExpectViolationAtLastByte(Hex.Bytes(hex), Violations.CompressedDataInvalid, expectMasked: false, inflater: _takeover);

    [Fact]
    public void Text_is_validated_during_decompression_before_its_frame_has_ended()
    {
        // A stored block that announces more than its two bytes, of which the second is invalid.
        Transcript.ExpectViolationAtLastByte(Hex.Bytes("41 7e 01 00 00 02 00 fd ff c3 28"), Violations.TextNotUtf8, expectMasked: false, inflater: _takeover);
        Transcript.ExpectViolationAtLastByte(Hex.Bytes("c1 07 00 01 00 fe ff c3 00"), Violations.TextNotUtf8, expectMasked: false, inflater: _takeover);
    }

    [Theory]
    [InlineData(1000, 1000, true)]
    [InlineData(1000, 1001, false)]
    [InlineData(1000, 50_000, false)]
    public void The_limit_applies_to_the_decompressed_message(int limit, int length, bool accepted)
    {
        var lines = Transcript.Read([ServerFrames.Frame(0xC2, Deflate(new byte[length]))], expectMasked: false, limit, new Inflater(contextTakeover: false));

        Assert.Equal(accepted ? $"Binary {Hex.Of(new byte[length])}" : Transcript.Of(Violations.MessageTooBig), Assert.Single(lines));
    }

    [Fact]
    public void The_largest_limit_allows_compressed_messages() =>
        Transcript.Expect(Hex.Bytes("c1 07" + Hello), ["Text 48656c6c6f"], expectMasked: false, limit: int.MaxValue, _takeover);

    [Fact]
    public void Invalid_text_before_the_limit_is_reported_first_at_every_split()
    {
        // A stored block of 0xC3 0x28 and four more; the limit is three.
        var frame = Hex.Bytes("c1 0c 00 06 00 f9 ff c3 28 61 61 61 61 00");
        Transcript.Expect(frame, [Transcript.Of(Violations.TextNotUtf8)], expectMasked: false, limit: 3, inflater: _noTakeover);
        // Text that is invalid after the limit.
        frame = Hex.Bytes("c1 0c 00 06 00 f9 ff 61 61 61 61 c3 28 00");
        Transcript.Expect(frame, [Transcript.Of(Violations.MessageTooBig)], expectMasked: false, limit: 3, inflater: _noTakeover);
    }

    [Fact]
    public void A_message_that_decompresses_without_end_is_rejected_at_the_limit()
    {
        var packed = Deflate(new byte[64 << 20]);
        // Only the beginning of the message arrives, in the first of many frames.
        byte[] beginning = [0x42, 126, 0xFF, 0xFF, .. packed[..2000]];

        var lines = Transcript.Read([beginning], expectMasked: false, limit: 100_000, new Inflater(contextTakeover: false));

        Assert.Equal([Transcript.Of(Violations.MessageTooBig)], lines);
    }

    [Fact]
    public void A_compressed_message_may_be_slightly_longer_than_its_data()
    {
        // Stored blocks of ten bytes each: half of the message is overhead.
        var packed = new List<byte>();
        for (var i = 0; i < 100; i++)
            packed.AddRange([0x00, 10, 0, 0xF5, 0xFF, .. Encoding.ASCII.GetBytes("0123456789")]);
        packed.Add(0);

        Assert.StartsWith("Text 3031", Assert.Single(Transcript.Read([ServerFrames.Frame(0xC1, [.. packed])], expectMasked: false, limit: 1000, new Inflater(contextTakeover: false))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_compressed_message_that_never_yields_data_is_rejected()
    {
        // Empty stored blocks have no output, so only their own length bounds them.
        var empty = Enumerable.Repeat(new byte[] { 0x00, 0, 0, 0xFF, 0xFF }, 1000).SelectMany(static block => block).ToArray();

        var lines = Transcript.Read([ServerFrames.Frame(0x42, empty), ServerFrames.Frame(0x00, empty)], expectMasked: false, limit: 1000, new Inflater(contextTakeover: false));

        Assert.Equal([Transcript.Of(Violations.MessageTooBig)], lines);
    }

    private static void Expect(string hex, string[] lines)
    {
        Transcript.Expect(Hex.Bytes(hex), lines, expectMasked: false, inflater: _takeover);
        Transcript.Expect(Hex.Bytes(hex), lines, expectMasked: false, inflater: _noTakeover);
    }

    /// <summary>Compresses data with the framework, ending with a flush without its last four bytes.</summary>
    private static byte[] Deflate(byte[] data)
    {
        using var packed = new MemoryStream();
        using var deflate = new DeflateStream(packed, CompressionLevel.SmallestSize);
        deflate.Write(data);
        deflate.Flush();
        return packed.ToArray()[..^4];
    }
}
