using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Tests;

/// <summary>The limits of a request head, at the limit and one beyond it, which is 431.</summary>
public class UpgradeLimitTests
{
    private static readonly byte[] _plain = Requests.Bytes(Requests.Plain);

    [Fact]
    public void A_head_at_the_limit_is_read()
    {
        foreach (var pieces in Splits.Of(_plain))
            Assert.Equal(UpgradeReadStatus.Done, UpgradeTranscript.Read(pieces, out _, out _, out _, maxLength: _plain.Length));
    }

    [Fact]
    public void A_head_one_byte_over_the_limit_is_431()
    {
        foreach (var pieces in Splits.Of(_plain))
        {
            Assert.Equal(UpgradeReadStatus.Refused, UpgradeTranscript.Read(pieces, out _, out _, out var refusal, maxLength: _plain.Length - 1));
            Assert.Equal(431, refusal!.StatusCode);
        }
    }

    [Fact]
    public void An_incomplete_head_is_431_at_the_limit_and_not_before()
    {
        var endless = Requests.Bytes("GET /" + new string('a', 59));
        Assert.Equal(64, endless.Length);
        foreach (var pieces in Splits.Of(endless))
        {
            Assert.Equal(UpgradeReadStatus.Refused, UpgradeTranscript.Read(pieces, out _, out _, out var refusal, maxLength: 64));
            Assert.Equal(431, refusal!.StatusCode);
            Assert.Equal(UpgradeReadStatus.NeedMore, UpgradeTranscript.Read(pieces, out _, out _, out _, maxLength: 65));
        }
    }

    [Fact]
    public void Frames_after_a_head_do_not_count_towards_its_limit()
    {
        byte[] more = [.. _plain, .. new byte[1000]];
        Assert.Equal(UpgradeReadStatus.Done, UpgradeTranscript.Read([more], out _, out _, out _, maxLength: _plain.Length));
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(4, false)]
    [InlineData(0, false)]
    public void The_limit_of_header_lines_is_exact(int maxHeaders, bool taken)
    {
        foreach (var pieces in Splits.Of(_plain))
        {
            var status = UpgradeTranscript.Read(pieces, out _, out _, out var refusal, maxHeaders: maxHeaders);
            Assert.Equal(taken ? UpgradeReadStatus.Done : UpgradeReadStatus.Refused, status);
            Assert.Equal(taken ? null : 431, refusal?.StatusCode);
        }
    }
}
