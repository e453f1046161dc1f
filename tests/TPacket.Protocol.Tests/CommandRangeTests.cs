namespace TPacket.Protocol.Tests;

public class CommandRangeTests
{
    [Theory]
    [InlineData(int.MinValue, false, false)]
    [InlineData(-1, false, false)]
    [InlineData(0, true, false)]
    [InlineData(8, true, false)]
    [InlineData(9, false, false)]
    [InlineData(10, false, false)]
    [InlineData(255, false, false)]
    [InlineData(256, false, true)]
    [InlineData(int.MaxValue, false, true)]
    public void A_command_belongs_to_the_original_protocol_to_TPacket_Net_or_to_an_application(int command, bool original, bool application)
    {
        Assert.Equal(original, CommandRange.IsOriginal(command));
        Assert.Equal(application, CommandRange.IsApplication(command));
    }

    [Fact]
    public void Every_named_command_is_below_the_range_of_applications() =>
        Assert.All(Enum.GetValues<PacketCommand>(), command => Assert.False(CommandRange.IsApplication((int)command)));
}
