using System.IO.Compression;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 7692, section 7.1: the options of an endpoint.</summary>
public class DeflateOptionsTests
{
    [Fact]
    public void The_defaults_hold_no_memory_between_messages()
    {
        Assert.False(DeflateOptions.Default.ServerContextTakeover);
        Assert.False(DeflateOptions.Default.ClientContextTakeover);
        Assert.Equal(15, DeflateOptions.Default.ServerMaxWindowBits);
        Assert.Equal(15, DeflateOptions.Default.ClientMaxWindowBits);
        Assert.Equal(new DeflateOptions(), DeflateOptions.Default);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(0)]
    [InlineData(-15)]
    public void A_window_has_8_to_15_bits(int bits)
    {
        Assert.Equal("ServerMaxWindowBits", Assert.Throws<ArgumentOutOfRangeException>(() => new DeflateOptions { ServerMaxWindowBits = bits }).ParamName);
        Assert.Equal("ClientMaxWindowBits", Assert.Throws<ArgumentOutOfRangeException>(() => new DeflateOptions { ClientMaxWindowBits = bits }).ParamName);
    }

    [Fact]
    public void Other_values_are_checked_too()
    {
        Assert.Equal("MinimumLength", Assert.Throws<ArgumentOutOfRangeException>(static () => new DeflateOptions { MinimumLength = -1 }).ParamName);
        Assert.Equal("CompressionLevel", Assert.Throws<ArgumentOutOfRangeException>(static () => new DeflateOptions { CompressionLevel = (CompressionLevel)9 }).ParamName);
        Assert.Equal(0, new DeflateOptions { MinimumLength = 0 }.MinimumLength);
    }
}
