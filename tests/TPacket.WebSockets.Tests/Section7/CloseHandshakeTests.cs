using System.Text;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, sections 5.5.1, 7.1 and 7.4: the closing handshake, begun by either side.</summary>
public class CloseHandshakeTests
{
    /// <summary>Valid statuses: the bounds of each range, and all of section 7.4.1 and of IANA's registry.</summary>
    public static TheoryData<Role, int> LegalStatuses => Roles.With(1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999);

    /// <summary>Invalid statuses: reserved, never sent, or outside of all ranges.</summary>
    public static TheoryData<Role, int> IllegalStatuses =>
        Roles.With(0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1017, 1099, 1100, 1999, 2000, 2999, 5000, 9999, 32768, 65535);

    [Theory]
    [BothRoles("88 00", CloseStatus.NoStatusReceived, "Close ")]
    [BothRoles("88 02 03 e8", CloseStatus.NormalClosure, "Close 03e8")]
    [BothRoles("88 07 03 e8 48 65 6c 6c 6f", CloseStatus.NormalClosure, "Close 03e8")]
    [BothRoles("88 05 03 e9 e2 82 ac", CloseStatus.GoingAway, "Close 03e9")]
    public void A_close_frame_is_answered_with_its_status(Role role, string frame, CloseStatus status, string answer) => EchoAssert.Closes(role, frame, status, answer);

    [Theory]
    [MemberData(nameof(LegalStatuses))]
    public void A_legal_status_is_echoed(Role role, int status)
    {
        EchoAssert.Closes(role, $"88 02 {status:x4}", (CloseStatus)status, $"Close {status:x4}");
        EchoAssert.Closes(role, $"88 03 {status:x4} 2e", (CloseStatus)status, $"Close {status:x4}");
    }

    [Theory]
    [MemberData(nameof(IllegalStatuses))]
    public void An_illegal_status_fails_the_connection(Role role, int status)
    {
        EchoAssert.Fails(role, $"88 02 {status:x4}", Violations.CloseStatusInvalid);
        EchoAssert.Fails(role, $"88 03 {status:x4} 2e", Violations.CloseStatusInvalid);
    }

    [Theory]
    [BothRoles]
    public void A_reason_may_fill_the_frame(Role role)
    {
        var reason = Enumerable.Repeat((byte)'*', 123).ToArray();
        EchoAssert.Closes(role, ServerFrames.Close([0x03, 0xE8, .. reason]), CloseStatus.NormalClosure, "Close 03e8");
    }

    [Theory]
    [BothRoles]
    public void A_payload_of_one_byte_fails_the_connection(Role role) => EchoAssert.Fails(role, "88 01 03", Violations.CloseOfOneByte);

    [Theory]
    [BothRoles("88 7e")]
    [BothRoles("88 7f")]
    public void A_payload_of_more_than_125_bytes_fails_the_connection_with_its_header(Role role, string header) =>
        EchoAssert.Fails(role, header, Violations.ControlTooLong);

    [Theory]
    [BothRoles("88 03 03 e8 ff")]
    [BothRoles("88 03 03 e8 c3")]
    [BothRoles("88 05 03 e8 ed a0 80")]
    [BothRoles("88 16 03 e8 ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80 65 64 69 74 65 64")]
    public void A_reason_that_is_not_UTF8_fails_the_connection(Role role, string frame) =>
        EchoAssert.Fails(role, frame, Violations.CloseReasonNotUtf8);

    [Theory]
    [BothRoles("81 05 48 65 6c 6c 6f  88 02 03 e8", "Text 48656c6c6f", "Close 03e8")] // A message before it.
    [BothRoles("88 02 03 e8  88 02 03 e9", "Close 03e8")] // A second close frame.
    [BothRoles("88 02 03 e8  89 01 07", "Close 03e8")] // A ping after it.
    [BothRoles("88 02 03 e8  81 05 48 65 6c 6c 6f", "Close 03e8")] // A message after it.
    [BothRoles("01 03 48 65 6c  88 02 03 e8  80 02 6c 6f", "Close 03e8")] // Within a message.
    [BothRoles("89 01 07  88 02 03 e8  ff ff ff ff", "Pong 07", "Close 03e8")] // Bytes after it that are not a frame.
    public void Input_after_a_close_frame_is_ignored(Role role, string frames, params string[] answers)
    {
        foreach (var pieces in Splits.Of(PeerFrames.To(role, frames)))
        {
            var endpoint = new EchoEndpoint(role);
            endpoint.Receive(pieces);
            Assert.Equal(answers, endpoint.TakeLines());
            Assert.Equal(role == Role.Server, endpoint.HasEnded);
            endpoint.EndInput();
            endpoint.ExpectEnd(EndCause.ClosedByPeer, CloseStatus.NormalClosure);
        }
    }

    [Theory]
    [BothRoles]
    public void A_message_of_256_KiB_is_echoed_before_the_close_frame_after_it(Role role)
    {
        var payload = Samples.Text(256 * 1024);
        var endpoint = new EchoEndpoint(role, WebSocketOptions.Default with { MaxMessageLength = payload.Length });
        endpoint.ReceiveFrames(Hex.Join(ServerFrames.Frame(0x81, payload), Hex.Bytes("88 02 03 e8  89 01 07")));
        Assert.Equal([$"Text {Hex.Of(payload)}", "Close 03e8"], endpoint.TakeLines());
        endpoint.EndInput();
        Assert.Equal(EndCause.ClosedByPeer, endpoint.End().Cause);
    }

    [Theory]
    [BothRoles("88 02 0f a0")] // The same status.
    [BothRoles("88 00")] // No status.
    [BothRoles("82 01 07  89 01 07  88 02 0f a0")] // Frames that arrive before the peer's close frame are neither delivered nor answered.
    [BothRoles("02 01 07  88 02 0f a0")]
    public void A_close_by_this_side_is_answered_by_the_peer(Role role, string frames)
    {
        foreach (var pieces in Splits.Of(PeerFrames.To(role, frames)))
        {
            var endpoint = new EchoEndpoint(role);
            endpoint.Connection.Close((CloseStatus)4000, "done");
            Assert.Equal(["Close 0fa0" + Hex.Of("done"u8)], endpoint.TakeLines());
            Assert.False(endpoint.Connection.Send(MessageType.Text, "x"u8));

            endpoint.Receive(pieces);

            Assert.Empty(endpoint.TakeFrames());
            Assert.Equal(0, endpoint.Messages);
            Assert.Equal(role == Role.Server, endpoint.HasEnded);
            endpoint.EndInput();
            Assert.Equal(new ConnectionEnd(EndCause.ClosedHere, (CloseStatus)4000, "done"), endpoint.End());
        }
    }

    [Theory]
    [BothRoles("c2", 2, EndCause.Violation, CloseStatus.ProtocolError)] // The header of a violation is drained too.
    [BothRoles("88 02 03 e8", 1, EndCause.ClosedByPeer, CloseStatus.NormalClosure)]
    public void A_peer_that_never_ends_is_drained_up_to_a_mebibyte(Role role, string frame, int drained, EndCause cause, CloseStatus status)
    {
        var endpoint = new EchoEndpoint(role);
        // With input after the close frame, a server does not release the connection at once.
        endpoint.Receive([.. PeerFrames.To(role, frame), 0]);
        endpoint.TakeFrames();
        foreach (var chunk in new byte[(1024 * 1024) - drained].Chunk(65536))
            endpoint.Receive(chunk);
        Assert.False(endpoint.IsReleased);

        endpoint.Receive([0]);

        Assert.True(endpoint.IsReleased);
        Assert.Empty(endpoint.TakeFrames());
        endpoint.ExpectEnd(cause, status);
    }

    [Theory]
    [MemberData(nameof(LegalStatuses))]
    public void Every_legal_status_can_be_sent(Role role, int status)
    {
        var endpoint = new EchoEndpoint(role);
        endpoint.Connection.Close((CloseStatus)status, "€");
        Assert.Equal([$"Close {status:x4}{Hex.Of(Encoding.UTF8.GetBytes("€"))}"], endpoint.TakeLines());
        endpoint.EndInput();
        endpoint.ExpectEnd(EndCause.ClosedHere, (CloseStatus)status);
    }

    [Theory]
    [MemberData(nameof(IllegalStatuses))]
    public void No_illegal_status_can_be_sent(Role role, int status)
    {
        var endpoint = new EchoEndpoint(role);
        Assert.Throws<ArgumentOutOfRangeException>(() => endpoint.Connection.Close((CloseStatus)status));
        Assert.True(endpoint.Connection.IsOpen);
        Assert.Empty(endpoint.TakeFrames());
        endpoint.End();
    }
}
