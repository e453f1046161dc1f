using System.Text;
using TPacket.WebSockets.Messages;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, sections 5.5.1 and 7.4: the payload of a close frame.</summary>
public class CloseFrameTests
{
    private const string Key = "00 00 00 00";

    [Fact]
    public void A_close_frame_may_be_empty() => Transcript.Expect(Hex.Bytes($"88 80 {Key}"), ["Close "]);

    [Fact]
    public void A_payload_of_one_byte_is_rejected() =>
        Transcript.ExpectViolationAtLastByte(Hex.Bytes($"88 81 {Key} 03"), Violations.CloseOfOneByte);

    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(1002)]
    [InlineData(1003)]
    [InlineData(1007)]
    [InlineData(1008)]
    [InlineData(1009)]
    [InlineData(1010)]
    [InlineData(1011)]
    [InlineData(1012)]
    [InlineData(1013)]
    [InlineData(1014)]
    [InlineData(3000)]
    [InlineData(3999)]
    [InlineData(4000)]
    [InlineData(4999)]
    public void Legal_statuses_are_accepted(int status) =>
        Transcript.Expect(Hex.Bytes($"88 82 {Key} {status:x4}"), [$"Close {status:x4}"]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1004)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(1016)]
    [InlineData(1100)]
    [InlineData(2000)]
    [InlineData(2999)]
    [InlineData(5000)]
    [InlineData(65535)]
    public void Illegal_statuses_are_rejected(int status)
    {
        Transcript.ExpectViolationAtLastByte(Hex.Bytes($"88 82 {Key} {status:x4}"), Violations.CloseStatusInvalid);
        Assert.False(ClosePayload.IsSendable((CloseStatus)status));
    }

    [Fact]
    public void A_reason_may_fill_the_frame()
    {
        var reason = string.Concat(Enumerable.Repeat("41", 123));
        Transcript.Expect(Hex.Bytes($"88 fd {Key} 03 e8 {reason}"), [$"Close 03e8{reason}"]);
    }

    [Theory]
    [InlineData("ff")]
    [InlineData("c3")]
    [InlineData("41 e2 82")]
    [InlineData("ed a0 80")]
    public void A_reason_that_is_not_UTF8_is_rejected_with_1007(string reason)
    {
        var bytes = Hex.Bytes(reason);
        Transcript.ExpectViolationAtLastByte(Hex.Bytes($"88 {0x82 + bytes.Length:x2} {Key} 03 e8 {reason}"), Violations.CloseReasonNotUtf8);
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("bye", 5)]
    [InlineData("é", 4)]
    public void Writes_status_and_reason(string reason, int length)
    {
        var payload = new byte[125];

        Assert.Equal(length, ClosePayload.Write(payload, (CloseStatus)4000, reason));
        Assert.Equal([0x0F, 0xA0], payload[..2]);
        Assert.Equal(reason, Encoding.UTF8.GetString(payload[2..length]));
        Assert.Equal(reason, ClosePayload.Reason(payload.AsSpan(0, length)));
    }

    [Theory]
    [InlineData("a", 123, 123)]
    [InlineData("é", 62, 122)]
    [InlineData("€", 42, 123)]
    [InlineData("😀", 31, 120)]
    public void A_reason_that_is_too_long_is_truncated_after_a_character(string character, int repeats, int bytes)
    {
        var payload = new byte[125];
        var reason = string.Concat(Enumerable.Repeat(character, repeats)) + "z";

        var length = ClosePayload.Write(payload, CloseStatus.NormalClosure, reason);

        Assert.Equal(2 + bytes, length);
        Assert.True(ClosePayload.TryRead(payload.AsSpan(0, length), out _, out _));
    }

    [Fact]
    public void A_reason_with_half_a_surrogate_pair_stays_legal()
    {
        var payload = new byte[125];

        var length = ClosePayload.Write(payload, CloseStatus.NormalClosure, "a\uD83D");

        Assert.Equal("03e861efbfbd", Hex.Of(payload.AsSpan(0, length)));
    }
}
