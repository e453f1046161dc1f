namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, section 5.4: messages in fragments, with control frames in between, and invalid sequences of fragments.</summary>
public class FragmentExchangeTests
{
    // "Hello" in two fragments.
    private const string Hello = "01 03 48 65 6c  80 02 6c 6f";

    [Theory]
    [BothRoles("09 00")]
    [BothRoles("0a 00")]
    [BothRoles("08 00")]
    [BothRoles("09 05 48 65 6c 6c 6f  80 00")]
    [BothRoles("0a 05 48 65 6c 6c 6f  80 00")]
    [BothRoles("08 02 03 e8  80 00")]
    public void A_fragmented_control_frame_fails_the_connection_with_its_first_byte(Role role, string frames)
    {
        EchoAssert.Fails(role, frames[..2], Violations.FragmentedControl);
        // Later frames are ignored.
        var endpoint = new EchoEndpoint(role);
        endpoint.ReceiveFrames(Hex.Bytes(frames + "89 01 07"));
        Assert.StartsWith("Close 03ea", Assert.Single(endpoint.TakeLines()), StringComparison.Ordinal);
        endpoint.End();
    }

    [Theory]
    [BothRoles(Hello, "Text 48656c6c6f")]
    [BothRoles("01 01 48  00 01 65  00 01 6c  00 01 6c  80 01 6f", "Text 48656c6c6f")]
    [BothRoles("02 03 ff fe fd  80 02 fc fb", "Binary fffefdfcfb")]
    [BothRoles("01 00  80 00", "Text ")]
    [BothRoles("02 00  00 00  80 00", "Binary ")]
    [BothRoles("01 00  00 05 48 65 6c 6c 6f  80 00", "Text 48656c6c6f")]
    [BothRoles(Hello + Hello, "Text 48656c6c6f", "Text 48656c6c6f")]
    public void A_fragmented_message_is_echoed_as_one(Role role, string frames, params string[] answers) => EchoAssert.Answers(role, frames, answers);

    [Theory]
    [BothRoles("01 03 48 65 6c  89 02 70 69  80 02 6c 6f", "Pong 7069", "Text 48656c6c6f")]
    [BothRoles("01 03 48 65 6c  8a 02 70 6f  80 02 6c 6f", "Text 48656c6c6f")]
    [BothRoles("01 01 48  89 01 01  00 01 65  00 01 6c  89 01 02  00 01 6c  80 01 6f", "Pong 01", "Pong 02", "Text 48656c6c6f")]
    [BothRoles("01 01 48  89 00  00 00  89 00  8a 00  80 00  89 00", "Pong ", "Pong ", "Text 48", "Pong ")]
    public void Control_frames_in_between_are_answered_at_once(Role role, string frames, params string[] answers) => EchoAssert.Answers(role, frames, answers);

    [Theory]
    [BothRoles]
    public void A_ping_of_125_bytes_in_between_does_not_change_the_message(Role role)
    {
        var payload = Enumerable.Range(0, 125).Select(static i => (byte)i).ToArray();
        EchoAssert.Answers(role, Hex.Join(Hex.Bytes("01 01 c3"), ServerFrames.Ping(payload), Hex.Bytes("80 01 a9")), $"Pong {Hex.Of(payload)}", "Text c3a9");
    }

    [Theory]
    [BothRoles("80 00")]
    [BothRoles("00 00")]
    public void A_continuation_without_a_message_fails_the_connection(Role role, string continuation)
    {
        EchoAssert.Fails(role, continuation, Violations.UnexpectedContinuation);
        EchoAssert.Fails(role, $"81 05 48 65 6c 6c 6f {continuation}", Violations.UnexpectedContinuation, "Text 48656c6c6f");
        EchoAssert.Fails(role, $"{Hello} {continuation}", Violations.UnexpectedContinuation, "Text 48656c6c6f");
        EchoAssert.Fails(role, $"{Hello} 89 00 {continuation}", Violations.UnexpectedContinuation, "Text 48656c6c6f", "Pong ");
    }

    [Theory]
    [BothRoles("01 00")]
    [BothRoles("81 00")]
    [BothRoles("02 00")]
    [BothRoles("82 00")]
    public void A_message_that_begins_within_another_fails_the_connection(Role role, string beginning)
    {
        EchoAssert.Fails(role, $"01 03 48 65 6c {beginning}", Violations.ExpectedContinuation);
        EchoAssert.Fails(role, $"02 01 00 00 01 00 89 01 07 {beginning}", Violations.ExpectedContinuation, "Pong 07");
    }
}
