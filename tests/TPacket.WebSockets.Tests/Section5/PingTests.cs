namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, sections 5.5.2 and 5.5.3: a ping is answered, a pong is not.</summary>
public class PingTests
{
    [Theory]
    [BothRoles("89 00", "Pong ")]
    [BothRoles("89 05 48 65 6c 6c 6f", "Pong 48656c6c6f")]
    [BothRoles("89 08 00 ff fe fd fc fb 00 ff", "Pong 00fffefdfcfb00ff")]
    public void A_ping_is_answered_with_its_payload(Role role, string ping, string pong) => EchoAssert.Answers(role, ping, pong);

    [Theory]
    [BothRoles]
    public void A_ping_of_125_bytes_is_answered(Role role)
    {
        var payload = Enumerable.Repeat((byte)0xFE, 125).ToArray();
        EchoAssert.Answers(role, ServerFrames.Ping(payload), $"Pong {Hex.Of(payload)}");
    }

    [Theory]
    [BothRoles("89 7e")]
    [BothRoles("89 7f")]
    [BothRoles("8a 7e")]
    [BothRoles("8a 7f")]
    public void A_ping_or_pong_of_more_than_125_bytes_fails_the_connection_with_its_second_byte(Role role, string header) =>
        EchoAssert.Fails(role, header, Violations.ControlTooLong);

    [Theory]
    [BothRoles("8a 00")]
    [BothRoles("8a 05 48 65 6c 6c 6f")]
    public void An_unsolicited_pong_is_not_answered(Role role, string pong) => EchoAssert.Answers(role, pong);

    [Theory]
    [BothRoles("8a 01 07  89 01 08", "Pong 08")]
    [BothRoles("8a 01 07  81 01 61  8a 00  89 00", "Text 61", "Pong ")]
    public void Pings_after_an_unsolicited_pong_are_answered(Role role, string frames, params string[] answers) => EchoAssert.Answers(role, frames, answers);

    [Theory]
    [BothRoles]
    public void Ten_pings_are_answered_in_order(Role role) =>
        EchoAssert.Answers(role, Hex.Join([.. Enumerable.Range(0, 10).Select(static i => ServerFrames.Ping((byte)i))]), [.. Enumerable.Range(0, 10).Select(static i => $"Pong {i:x2}")]);
}
