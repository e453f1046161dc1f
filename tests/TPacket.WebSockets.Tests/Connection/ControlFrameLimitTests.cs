namespace TPacket.WebSockets.Tests;

/// <summary>The limit of control frames and short fragments (RFC 6455, section 10.4).</summary>
public class ControlFrameLimitTests : ConnectionTests
{
    private const string TooMany = "Close 03f0746f6f206d616e7920636f6e74726f6c206672616d6573206f722073686f727420667261676d656e7473";

    private static readonly WebSocketOptions _tenAtOnce = WebSocketOptions.Default with { ControlFramesPerSecond = 2, ControlFrameBurst = 10 };

    /// <summary>A masked frame that counts towards the limit.</summary>
    public static TheoryData<string, string> Counted => new()
    {
        { "ping", Hex.Of(ClientFrames.Ping(7)) },
        { "pong", Hex.Of(ClientFrames.Pong(7)) },
        { "empty fragment", Hex.Of(ClientFrames.Frame(0x00, [], [0, 0, 0, 0])) },
        { "fragment of 63 bytes", Hex.Of(ClientFrames.Frame(0x00, new byte[63], [0, 0, 0, 0])) },
    };

    [Theory]
    [MemberData(nameof(Counted))]
    public void One_control_frame_more_than_the_burst_closes_with_1008(string _, string frame)
    {
        Open(_tenAtOnce);
        BeginMessageFor(frame);
        for (var i = 0; i < 9; i++)
            Transport.Receive(Hex.Bytes(frame));
        Assert.True(Connection.IsOpen);
        // The first fragment of the message counts too.
        if (!IsFragment(frame))
            Transport.Receive(Hex.Bytes(frame));
        Assert.True(Connection.IsOpen);

        Transport.Receive(Hex.Bytes(frame));

        Assert.Equal(TooMany, SentFrames[^1]);
        Transport.EndInput();
        ExpectEnd(EndCause.Violation, CloseStatus.PolicyViolation);
        Assert.Empty(Handler.Messages);
    }

    [Theory]
    [MemberData(nameof(Counted))]
    public void The_burst_refills_at_the_rate(string _, string frame)
    {
        Open(_tenAtOnce);
        BeginMessageFor(frame);
        for (var i = 0; i < 9; i++)
            Transport.Receive(Hex.Bytes(frame));
        for (var second = 0; second < 60; second++)
        {
            Time.Advance(Second);
            Transport.Receive([.. Hex.Bytes(frame), .. Hex.Bytes(frame)]);
            Assert.True(Connection.IsOpen);
        }
    }

    [Fact]
    public void A_message_of_a_million_empty_fragments_is_rejected_after_the_burst()
    {
        Open();
        var fragments = Hex.Join([ClientFrames.Frame(0x02, [], [0, 0, 0, 0]), .. Enumerable.Repeat(ClientFrames.Frame(0x00, [], [0, 0, 0, 0]), 1000)]);

        Transport.Receive(fragments);
        for (var i = 0; i < 999; i++)
            Transport.Receive(fragments[6..]);

        Assert.Equal([TooMany], SentFrames);
        Transport.EndInput();
        ExpectEnd(EndCause.Violation, CloseStatus.PolicyViolation);
    }

    [Fact]
    public void Fragments_of_64_bytes_or_more_and_final_fragments_do_not_count()
    {
        Open(_tenAtOnce);
        var piece = new byte[64];
        for (var i = 0; i < 20; i++)
        {
            Transport.Receive(ClientFrames.Frame(0x02, piece, [0, 0, 0, 0]));
            for (var j = 0; j < 20; j++)
                Transport.Receive(ClientFrames.Frame(0x00, piece, [0, 0, 0, 0]));
            Transport.Receive(ClientFrames.Frame(0x80, [], [0, 0, 0, 0]));
        }

        Assert.Equal(20, Handler.Messages.Count);
        Assert.True(Connection.IsOpen);
    }

    [Fact]
    public void Short_unfragmented_messages_do_not_count()
    {
        Open(_tenAtOnce);
        for (var i = 0; i < 1000; i++)
            Transport.Receive(ClientFrames.Binary());
        Assert.Equal(1000, Handler.Messages.Count);
        Assert.True(Connection.IsOpen);
    }

    [Fact]
    public void A_rate_of_0_disables_the_limit()
    {
        Open(WebSocketOptions.Default with { ControlFramesPerSecond = 0 });
        for (var i = 0; i < 5000; i++)
            Transport.Receive(ClientFrames.Ping(1));
        Assert.True(Connection.IsOpen);
        Assert.Equal(5000, SentFrames.Length);
    }

    [Fact]
    public void The_default_burst_is_two_hundred()
    {
        Open();
        for (var i = 0; i < 200; i++)
            Transport.Receive(ClientFrames.Ping(1));
        Assert.True(Connection.IsOpen);
        Transport.Receive(ClientFrames.Ping(1));
        Assert.Equal(TooMany, SentFrames[^1]);
    }

    [Fact]
    public void A_negative_rate_and_a_burst_of_0_throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => WebSocketOptions.Default with { ControlFramesPerSecond = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => WebSocketOptions.Default with { ControlFrameBurst = 0 });
        Assert.Equal(0, (WebSocketOptions.Default with { ControlFramesPerSecond = 0 }).ControlFramesPerSecond);
    }

    private static bool IsFragment(string frame) => Hex.Bytes(frame)[0] == 0;

    private void BeginMessageFor(string frame)
    {
        if (IsFragment(frame))
            Transport.Receive(ClientFrames.Frame(0x02, [], [0, 0, 0, 0]));
    }
}
