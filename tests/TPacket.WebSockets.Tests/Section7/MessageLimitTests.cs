using TPacket.Transports.Buffers;
using TPacket.WebSockets.Messages;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, section 7.4.1, status 1009: limits are checked with the header, before the payload arrives.</summary>
public class MessageLimitTests
{
    private const string Key = "00 00 00 00";

    [Fact]
    public void A_message_at_the_limit_is_accepted() =>
        Transcript.Expect(Hex.Bytes($"82 84 {Key} 01 02 03 04"), ["Binary 01020304"], limit: 4);

    [Fact]
    public void One_byte_over_the_limit_is_rejected_with_the_header() =>
        Transcript.ExpectViolationAtLastByte(Hex.Bytes($"82 85 {Key}"), Violations.MessageTooBig, limit: 4);

    [Theory]
    [InlineData("82 ff 7f ff ff ff ff ff ff ff")]
    [InlineData("82 ff 00 00 00 00 80 00 00 00")]
    [InlineData("82 ff 00 00 00 01 00 00 00 00")]
    [InlineData("02 ff 00 00 00 01 00 00 00 04")]
    public void Lengths_beyond_32_bits_are_rejected_with_the_header(string hex) =>
        Transcript.ExpectViolationAtLastByte(Hex.Bytes($"{hex} {Key}"), Violations.MessageTooBig, limit: int.MaxValue);

    [Fact]
    public void A_sum_of_fragments_is_rejected_with_the_header_that_exceeds_the_limit() =>
        Transcript.ExpectViolationAtLastByte(Hex.Bytes($"02 82 {Key} 01 02  00 82 {Key} 03 04  80 81 {Key}"), Violations.MessageTooBig, limit: 4);

    [Fact]
    public void A_continuation_with_a_length_that_would_overflow_the_sum_is_rejected() =>
        Transcript.ExpectViolationAtLastByte(
            Hex.Bytes($"02 82 {Key} 01 02  80 ff 7f ff ff ff ff ff ff ff {Key}"), Violations.MessageTooBig, limit: int.MaxValue);

    [Fact]
    public void Fragments_with_a_sum_at_the_limit_are_accepted() =>
        Transcript.Expect(Hex.Bytes($"02 82 {Key} 01 02  00 82 {Key} 03 04  00 80 {Key}  80 80 {Key}"), ["Binary 01020304"], limit: 4);

    [Fact]
    public void Each_message_has_the_whole_limit() =>
        Transcript.Expect(Hex.Bytes($"02 84 {Key} 01 02 03 04  80 80 {Key}  82 84 {Key} 05 06 07 08"), ["Binary 01020304", "Binary 05060708"], limit: 4);

    [Fact]
    public void A_limit_of_zero_allows_empty_messages_only()
    {
        Transcript.Expect(Hex.Bytes($"82 80 {Key}"), ["Binary "], limit: 0);
        Transcript.ExpectViolationAtLastByte(Hex.Bytes($"82 81 {Key}"), Violations.MessageTooBig, limit: 0);
    }

    [Fact]
    public void An_announced_length_rents_no_buffer()
    {
        var before = BufferPool.Outstanding;
        var reader = new MessageReader(expectMasked: true, int.MaxValue);
        Span<byte> input = Hex.Bytes($"82 ff 00 00 00 00 7f ff ff ff {Key}");

        Assert.Equal(ReadResult.NeedMore, reader.Read(ref input, out _));
        Assert.Equal(before, BufferPool.Outstanding);
    }

    [Fact]
    public void A_message_that_is_complete_in_the_input_is_not_copied()
    {
        var before = BufferPool.Outstanding;
        var reader = new MessageReader(expectMasked: true, 16);
        var memory = Hex.Bytes($"82 82 {Key} 01 02");
        Span<byte> input = memory;

        Assert.Equal(ReadResult.Binary, reader.Read(ref input, out var payload));
        Assert.True(payload.Overlaps(memory, out var offset));
        Assert.Equal(-6, offset);
        Assert.Equal(before, BufferPool.Outstanding);
    }

    [Fact]
    public void A_collected_message_is_returned_with_the_next_call()
    {
        var before = BufferPool.Outstanding;
        var reader = new MessageReader(expectMasked: true, 16);
        Span<byte> first = Hex.Bytes($"82 82 {Key} 01");
        Span<byte> second = Hex.Bytes("02");
        Assert.Equal(ReadResult.NeedMore, reader.Read(ref first, out _));
        Assert.Equal(before + 1, BufferPool.Outstanding);
        Assert.Equal(ReadResult.Binary, reader.Read(ref second, out _));
        Assert.Equal(ReadResult.NeedMore, reader.Read(ref second, out _));
        Assert.Equal(before, BufferPool.Outstanding);
    }

    [Fact]
    public void A_release_within_a_message_and_a_control_frame_returns_both_buffers()
    {
        var before = BufferPool.Outstanding;
        var reader = new MessageReader(expectMasked: true, 16);
        Span<byte> input = Hex.Bytes($"02 82 {Key} 01 02  89 82 {Key} 03");
        Assert.Equal(ReadResult.ShortFragment, reader.Read(ref input, out _));
        Assert.Equal(ReadResult.NeedMore, reader.Read(ref input, out _));
        Assert.Equal(before + 2, BufferPool.Outstanding);

        reader.Release();

        Assert.Equal(before, BufferPool.Outstanding);
    }
}
