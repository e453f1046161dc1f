namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, section 5.5: control frames. Also a case for every violation of the framing.</summary>
public class ControlFrameTests
{
    private const string Key = "00 00 00 00";

    /// <summary>For each violation, the shortest input that proves it to a server with a limit of 4 bytes.</summary>
    public static TheoryData<string, string> ShortestProofs => new()
    {
        { nameof(Violations.ReservedBits), "c2" },
        { nameof(Violations.ReservedOpcode), "83" },
        { nameof(Violations.LengthNotMinimal), "82 fe 00 7d" },
        { nameof(Violations.LengthNegative), "82 ff 80" },
        { nameof(Violations.NotMasked), "82 00" },
        { nameof(Violations.UnexpectedContinuation), $"80 80 {Key}" },
        { nameof(Violations.ExpectedContinuation), $"02 80 {Key} 82 80 {Key}" },
        { nameof(Violations.FragmentedControl), "09" },
        { nameof(Violations.ControlTooLong), "89 fe" },
        { nameof(Violations.CloseOfOneByte), $"88 81 {Key} 03" },
        { nameof(Violations.CloseStatusInvalid), $"88 82 {Key} 03 e7" },
        { nameof(Violations.CloseReasonNotUtf8), $"88 83 {Key} 03 e8 ff" },
        { nameof(Violations.TextNotUtf8), $"81 81 {Key} ff" },
        { nameof(Violations.MessageTooBig), $"82 85 {Key}" },
    };

    [Theory]
    [MemberData(nameof(ShortestProofs))]
    public void Every_violation_is_reported_with_the_byte_that_proves_it(string name, string hex) =>
        Transcript.ExpectViolationAtLastByte(Hex.Bytes(hex), Transcript.Named(name), limit: 4);

    [Fact]
    public void A_masked_frame_is_a_violation_to_a_client() =>
        Transcript.ExpectViolationAtLastByte(Hex.Bytes("82 80"), Violations.Masked, expectMasked: false);

    [Fact]
    public void Every_violation_has_a_case()
    {
        var elsewhere = new[] { nameof(Violations.Masked), nameof(Violations.CompressedDataInvalid), nameof(Violations.TooManyControlFrames), nameof(Violations.SlowConsumer), nameof(Violations.HandlerFailed) };
        var reached = ShortestProofs.Select(static row => (string)row[0]).Concat(elsewhere);
        Assert.Equal(typeof(Violations).GetFields().Select(static field => field.Name).Order(), reached.Order());
    }

    [Fact]
    public void Every_reason_fits_into_a_close_frame()
    {
        foreach (var field in typeof(Violations).GetFields())
            Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(Transcript.Named(field.Name).Reason), 1, 123);
    }

    [Theory]
    [InlineData("89", "Ping")]
    [InlineData("8a", "Pong")]
    public void Control_frames_carry_up_to_125_bytes(string first, string kind)
    {
        var payload = string.Concat(Enumerable.Repeat("a5", 125));
        Transcript.Expect(Hex.Bytes($"{first} fd {Key} {payload}"), [$"{kind} {payload}"]);
    }

    [Fact]
    public void Control_frames_do_not_count_towards_the_limit_of_messages() =>
        Transcript.Expect(Hex.Bytes($"02 84 {Key} 01 02 03 04  89 88 {Key} 01 02 03 04 05 06 07 08  80 80 {Key}"), ["Ping 0102030405060708", "Binary 01020304"], limit: 4);

    [Fact]
    public void Control_payloads_need_not_be_text() =>
        Transcript.Expect(Hex.Bytes($"89 82 {Key} ff fe"), ["Ping fffe"]);
}
