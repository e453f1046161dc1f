using System.Text;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, sections 5.2 and 5.4: messages of up to 16 MiB, in one frame and in many, in large reads and in small ones.</summary>
public class LargeMessageTests
{
    private const int KiB = 1024;
    private const int MiB = 1024 * KiB;

    private static readonly WebSocketOptions _options = WebSocketOptions.Default with { MaxMessageLength = 16 * MiB };

    /// <summary>Role, type, length, maximum length of a frame, and of a read.</summary>
    public static TheoryData<Role, MessageType, int, int, int> Messages
    {
        get
        {
            (int Length, int Frame, int Read)[] shapes =
            [
                .. new[] { 64 * KiB, 256 * KiB, MiB, 4 * MiB, 8 * MiB, 16 * MiB }.Select(static length => (length, length, int.MaxValue)),
                .. new[] { 64, 256, KiB, 4 * KiB, 16 * KiB, 64 * KiB, 256 * KiB, MiB }.Select(static frame => (4 * MiB, frame, int.MaxValue)),
                .. new[] { 64, 128, 256, 512, KiB, 2 * KiB }.Select(static read => (MiB, MiB, read)),
                (MiB, 1000, 997),
            ];
            var data = new TheoryData<Role, MessageType, int, int, int>();
            foreach (var role in Enum.GetValues<Role>())
            {
                foreach (var type in Enum.GetValues<MessageType>())
                {
                    foreach (var (length, frame, read) in shapes)
                        data.Add(role, type, length, frame, read);
                }
            }

            return data;
        }
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [MemberData(nameof(Messages))]
    public void A_large_message_is_echoed_as_one_frame(Role role, MessageType type, int length, int frameLength, int readLength)
    {
        var payload = type == MessageType.Text ? Text(length) : Samples.Noise(length);
        var endpoint = new EchoEndpoint(role, _options);

        endpoint.ReceiveFrames(PeerFrames.Fragments((byte)(0x80 | (byte)type), payload, frameLength), readLength);

        var echo = Assert.Single(endpoint.TakeFrames());
        Assert.Equal(0x80 | (byte)type, echo.First);
        Assert.True(echo.Payload.AsSpan().SequenceEqual(payload));
        endpoint.End();
    }

    [Theory]
    [BothRoles("82 7f 00 00 00 00 01 00 00 01")]
    [BothRoles("02 7f 00 00 00 00 01 00 00 01")]
    [BothRoles("01 7f 7f ff ff ff ff ff ff ff")]
    public void A_message_over_the_limit_fails_the_connection_with_its_header(Role role, string header)
    {
        var bytes = PeerFrames.To(role, header);
        var endpoint = new EchoEndpoint(role, _options);
        endpoint.Receive(bytes[..^1]);
        Assert.Empty(endpoint.TakeFrames());
        endpoint.Receive(bytes[^1..]);
        Assert.Equal(["Close 03f1" + Hex.Of("message too big"u8)], endpoint.TakeLines());
        endpoint.EndInput();
        endpoint.ExpectEnd(EndCause.Violation, CloseStatus.MessageTooBig);
    }

    /// <summary>Characters of every length, which frames and reads split at every byte.</summary>
    private static byte[] Text(int length)
    {
        var characters = Encoding.UTF8.GetBytes("aé€😀bc€é");
        var text = new byte[length];
        var at = 0;
        for (; length - at >= characters.Length; at += characters.Length)
            characters.CopyTo(text, at);
        Array.Fill(text, (byte)'.', at, length - at);
        return text;
    }
}
