using TPacket.Transports.Native;

namespace TPacket.Transports.Tests.Native;

/// <summary>The process's descriptors, as the system knows them.</summary>
public class DescriptorTableTests
{
    [Fact]
    public void The_limit_is_the_systems()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var line = File.ReadLines("/proc/self/limits").Single(static line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        Assert.Equal(soft, $"{DescriptorTable.Limit}");
        Assert.Equal(DescriptorTable.Limit, Transport.DescriptorLimit);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(200)]
    public void Free_ones_are_counted_until_there_are_enough(int enough)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var free = DescriptorTable.CountFree(DescriptorTable.Limit!.Value, enough);
        // As many as one call may find beyond that.
        Assert.InRange(free, enough, enough + 128);
    }

    [Fact]
    public void Those_that_are_open_are_not_free()
    {
        if (!OperatingSystem.IsLinux())
            return;
        // Below a limit that all of them reach; standard input, output and errors are open.
        Assert.Equal(0, DescriptorTable.CountFree(3, 1));
        using var file = File.OpenHandle(typeof(DescriptorTableTests).Assembly.Location);
        var open = (int)file.DangerousGetHandle();
        Assert.Equal(0, DescriptorTable.CountFreeBetween(open, open + 1, 1));
        // No descriptor has so high a number.
        Assert.Equal(1, DescriptorTable.CountFreeBetween(int.MaxValue - 1, int.MaxValue, 1));
    }
}
