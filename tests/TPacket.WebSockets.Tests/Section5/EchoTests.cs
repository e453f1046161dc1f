namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, sections 5.2 and 5.6: messages of one frame, with lengths on both sides of each form's bounds, complete and in pieces.</summary>
public class EchoTests
{
    public static TheoryData<Role, MessageType, int> Lengths
    {
        get
        {
            var data = new TheoryData<Role, MessageType, int>();
            foreach (var role in Enum.GetValues<Role>())
            {
                foreach (var type in Enum.GetValues<MessageType>())
                {
                    foreach (var length in new[] { 0, 1, 125, 126, 127, 128, 65535, 65536 })
                        data.Add(role, type, length);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void A_message_of_any_length_is_echoed_in_reads_of_any_length(Role role, MessageType type, int length)
    {
        var payload = new byte[length];
        Array.Fill(payload, type == MessageType.Text ? (byte)'*' : (byte)0xFE);
        var frame = ServerFrames.Frame((byte)(0x80 | (byte)type), payload);
        var endpoint = new EchoEndpoint(role);
        foreach (var readLength in new[] { int.MaxValue, 997, 1 })
        {
            endpoint.ReceiveFrames(frame, readLength);
            Assert.Equal([$"{type} {Hex.Of(payload)}"], endpoint.TakeLines());
        }

        endpoint.End();
    }

    [Theory]
    [BothRoles("81 00  82 00", "Text ", "Binary ")]
    [BothRoles("81 05 48 65 6c 6c 6f  82 03 00 ff fe", "Text 48656c6c6f", "Binary 00fffe")]
    public void Messages_are_echoed_in_order(Role role, string frames, string first, string second) => EchoAssert.Answers(role, frames, first, second);

    /// <summary>A masked frame to a client, a plain one to a server.</summary>
    [Theory]
    [InlineData(Role.Server, "81 05 48 65 6c 6c 6f", "frame not masked")]
    [InlineData(Role.Client, "81 85 37 fa 21 3d 7f 9f 4d 51 58", "frame masked")]
    public void A_frame_of_the_other_role_fails_the_connection(Role role, string frame, string reason)
    {
        foreach (var pieces in Splits.Of(Hex.Bytes(frame)))
        {
            var endpoint = new EchoEndpoint(role);
            endpoint.Receive(pieces);
            Assert.Equal([$"Close 03ea{Hex.Of(System.Text.Encoding.ASCII.GetBytes(reason))}"], endpoint.TakeLines());
            endpoint.EndInput();
            Assert.Equal(EndCause.Violation, endpoint.End().Cause);
        }
    }

    [Theory]
    [BothRoles]
    public void A_thousand_messages_go_back_and_forth(Role role)
    {
        var endpoint = new EchoEndpoint(role);
        for (var i = 0; i < 1000; i++)
        {
            var payload = Samples.Text(i % 6 == 0 ? 0 : 4 << (2 * (i % 6)));
            endpoint.ReceiveFrames(ServerFrames.Frame(i % 2 == 0 ? (byte)0x81 : (byte)0x82, payload));
            Assert.Equal([$"{(i % 2 == 0 ? "Text" : "Binary")} {Hex.Of(payload)}"], endpoint.TakeLines());
        }

        endpoint.End();
    }
}
